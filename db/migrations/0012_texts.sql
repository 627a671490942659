CREATE TABLE "inbound_texts" (
	"company_id" bigint DEFAULT current_company_id() NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "inbound_texts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"provider" text NOT NULL,
	"provider_id" text NOT NULL,
	"sender" text NOT NULL,
	"recipient" text NOT NULL,
	"body" text NOT NULL,
	"meaning" text NOT NULL,
	"customer_id" bigint,
	"message_id" bigint,
	"read_at" timestamp with time zone,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbound_texts_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
CREATE TABLE "outbox_texts" (
	"company_id" bigint DEFAULT current_company_id() NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "outbox_texts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"message_id" bigint,
	"sender" text NOT NULL,
	"recipient" text NOT NULL,
	"body" text NOT NULL,
	"parts" smallint NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "outbox_texts_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "campaign_steps" ADD COLUMN "replied" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "campaign_steps" ADD COLUMN "parts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "campaigns" ADD COLUMN "stop_on_reply" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "replied_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "parts" smallint;--> statement-breakpoint
ALTER TABLE "sending_rules" ADD COLUMN "text_consent" text DEFAULT 'on_record' NOT NULL;--> statement-breakpoint
ALTER TABLE "sending_rules" ADD COLUMN "stop_ends_all" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "inbound_texts" ADD CONSTRAINT "inbound_texts_company_id_customer_id_customers_company_id_id_fk" FOREIGN KEY ("company_id","customer_id") REFERENCES "public"."customers"("company_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "inbound_texts_provider_id" ON "inbound_texts" USING btree ("company_id","provider","provider_id");--> statement-breakpoint
CREATE INDEX "inbound_texts_sender" ON "inbound_texts" USING btree ("company_id","sender","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "inbound_texts_customer" ON "inbound_texts" USING btree ("company_id","customer_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "inbound_texts_unread" ON "inbound_texts" USING btree ("company_id","id" DESC NULLS LAST) WHERE "inbound_texts"."read_at" is null;--> statement-breakpoint
CREATE INDEX "outbox_texts_message" ON "outbox_texts" USING btree ("company_id","message_id");--> statement-breakpoint
CREATE INDEX "outbox_texts_recipient" ON "outbox_texts" USING btree ("company_id","recipient","id" DESC NULLS LAST);