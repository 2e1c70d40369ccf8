"""Parcels tell the figures which of their days have to be counted anew: the database does, whoever writes them."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION tickets_kpi_parcels_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets_kpiparcelday (day)
    SELECT DISTINCT (at AT TIME ZONE 'UTC')::date
    FROM new_rows, LATERAL (VALUES (created_at), (delivered_at)) moments (at) WHERE at IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE FUNCTION tickets_kpi_parcel_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets_kpiparcelday (day)
    SELECT DISTINCT (at AT TIME ZONE 'UTC')::date
    FROM (VALUES (NEW.created_at), (NEW.delivered_at), (OLD.created_at), (OLD.delivered_at)) moments (at)
    WHERE at IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER tickets_kpi_parcels_came AFTER INSERT ON logistics_shipment
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tickets_kpi_parcels_came();
CREATE TRIGGER tickets_kpi_parcel_changed AFTER UPDATE ON logistics_shipment FOR EACH ROW
    WHEN ((OLD.created_at, OLD.delivered_at, OLD.promised_date, OLD.carrier_id, OLD.origin_country,
           OLD.destination_country)
          IS DISTINCT FROM
          (NEW.created_at, NEW.delivered_at, NEW.promised_date, NEW.carrier_id, NEW.origin_country,
           NEW.destination_country))
    EXECUTE FUNCTION tickets_kpi_parcel_changed();
"""
BACKWARD = """
DROP TRIGGER tickets_kpi_parcels_came ON logistics_shipment;
DROP TRIGGER tickets_kpi_parcel_changed ON logistics_shipment;
DROP FUNCTION tickets_kpi_parcels_came();
DROP FUNCTION tickets_kpi_parcel_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_append_only"), ("logistics", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
