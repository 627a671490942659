CREATE TABLE "print_images" (
	"company_id" bigint DEFAULT current_company_id() NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "print_images_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"token" text NOT NULL,
	"name" text NOT NULL,
	"mime_type" text NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"color_space" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "print_images_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
CREATE TABLE "address_checks" (
	"company_id" bigint DEFAULT current_company_id() NOT NULL,
	"address" text NOT NULL,
	"deliverability" text NOT NULL,
	"standard" jsonb,
	"provider" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "address_checks_company_id_address_pk" PRIMARY KEY("company_id","address")
);
--> statement-breakpoint
CREATE TABLE "outbox_postcards" (
	"company_id" bigint DEFAULT current_company_id() NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "outbox_postcards_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"message_id" bigint,
	"recipient" text NOT NULL,
	"card" jsonb NOT NULL,
	"send_date" text,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "outbox_postcards_company_id_id_pk" PRIMARY KEY("company_id","id")
);
--> statement-breakpoint
ALTER TABLE "campaign_steps" ADD COLUMN "mailed" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "campaign_steps" ADD COLUMN "returned" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "campaign_steps" ADD COLUMN "recalled" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "campaign_steps" ADD COLUMN "cost_cents" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "location_id" bigint;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "mailed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "returned_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "recalled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "cost_cents" bigint;--> statement-breakpoint
CREATE UNIQUE INDEX "print_images_token" ON "print_images" USING btree ("company_id","token");--> statement-breakpoint
CREATE INDEX "print_images_newest" ON "print_images" USING btree ("company_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_postcards_message" ON "outbox_postcards" USING btree ("company_id","message_id");--> statement-breakpoint
CREATE FUNCTION postal_tidy(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  select upper(btrim(regexp_replace(written, '[ \t\n\v\f\r\u00a0]+', ' ', 'g')) collate "C")
$$;
--> statement-breakpoint
-- As messages know a postal address: see app/messaging/postal-address.ts, which has the same rule.
CREATE FUNCTION postal_key(line1 text, line2 text, city text, state text, zip text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  select case when street = '' or town = '' or code = '' then ''
              else concat_ws(E'\n', street, nullif(second, ''), concat_ws(' ', town, nullif(region, ''), code)) end
    from (select postal_tidy(line1) as street, postal_tidy(line2) as second, postal_tidy(city) as town,
                 postal_tidy(state) as region, postal_tidy(zip) as code) parts
$$;
