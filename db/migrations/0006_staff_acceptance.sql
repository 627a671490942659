ALTER TABLE "staff" ADD COLUMN "password_hash" text;--> statement-breakpoint
ALTER TABLE "staff" ADD COLUMN "accepted_at" timestamp with time zone;--> statement-breakpoint
-- Who has a password works where they work. The owner, whom forced row-level security holds back too, must see all rows.
ALTER TABLE "staff" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
UPDATE "staff" SET "password_hash" = p."password_hash", "accepted_at" = now()
  FROM "people" p WHERE p."id" = "staff"."person_id" AND p."password_hash" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "staff" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "people" DROP COLUMN "password_hash";
