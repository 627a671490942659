CREATE TABLE "campaign_step_reasons" (
	"company_id" bigint DEFAULT current_company_id() NOT NULL,
	"step_id" bigint NOT NULL,
	"state" text NOT NULL,
	"reason" text NOT NULL,
	"count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "campaign_step_reasons_company_id_step_id_state_reason_pk" PRIMARY KEY("company_id","step_id","state","reason")
);
--> statement-breakpoint
CREATE TABLE "provider_rates" (
	"account" text PRIMARY KEY NOT NULL,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "workers" (
	"name" text PRIMARY KEY NOT NULL,
	"pool_id" text DEFAULT '' NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"beat_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "campaign_step_reasons" ADD CONSTRAINT "campaign_step_reasons_company_id_step_id_campaign_steps_company_id_id_fk" FOREIGN KEY ("company_id","step_id") REFERENCES "public"."campaign_steps"("company_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "message_ranges_open" ON "message_ranges" USING btree ("company_id","lease_expires_at") WHERE "message_ranges"."status" = 'open';--> statement-breakpoint
-- A message is written twice more after it is made: room on its page keeps those updates there, and off the indexes.
ALTER TABLE "messages" SET (fillfactor = 50);
