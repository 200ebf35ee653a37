-- 固定資産税額 of the fiscal year after the income year, where a city levies 資産割.
ALTER TABLE income_fact ADD COLUMN fixed_asset_tax INTEGER NOT NULL DEFAULT 0 CHECK (fixed_asset_tax >= 0);
