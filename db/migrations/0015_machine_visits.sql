ALTER TABLE "campaign_steps" ADD COLUMN "machine_opened" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "campaign_steps" ADD COLUMN "machine_clicked" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "machine_opened_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "machine_clicked_at" timestamp with time zone;