CREATE TABLE "area_codes" (
	"code" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"zones" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "provider_breakers" (
	"account" text PRIMARY KEY NOT NULL,
	"state" text DEFAULT 'closed' NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"opened_at" timestamp with time zone,
	"retry_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "provider_errors" (
	"company_id" bigint DEFAULT current_company_id() NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "provider_errors_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"provider" text NOT NULL,
	"kind" text NOT NULL,
	"message" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "provider_errors_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
CREATE TABLE "sending_rules" (
	"company_id" bigint DEFAULT current_company_id() NOT NULL,
	"cap_per_customer" integer,
	"cap_per_invoice" integer DEFAULT 7 NOT NULL,
	"cap_days" integer DEFAULT 7 NOT NULL,
	"email_hours" boolean DEFAULT false NOT NULL,
	"opens_at" integer DEFAULT 540 NOT NULL,
	"closes_at" integer DEFAULT 1200 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sending_rules_company_id_pk" PRIMARY KEY("company_id")
);
--> statement-breakpoint
CREATE TABLE "zip_zones" (
	"from_zip" text PRIMARY KEY NOT NULL,
	"zone" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "provider_rates" ADD COLUMN "share" real DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "provider_rates" ADD COLUMN "throttled_at" timestamp with time zone;