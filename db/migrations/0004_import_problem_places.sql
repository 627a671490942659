ALTER TABLE "import_problems" ADD COLUMN "row" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "import_problems" ADD COLUMN "severity" text DEFAULT 'error' NOT NULL;