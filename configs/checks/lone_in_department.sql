-- title: The only record of a taxon in a department, where it has many in others
-- table placed
SELECT "cdRef", "scientificName", "departmentCode", "eventDate", "occurrenceKey", "occurrenceID", "datasetKey"
FROM occurrence WHERE "occurrenceStatus" = 'PRESENT' AND "cdRef" IS NOT NULL AND "departmentCode" IS NOT NULL
-- table departments
SELECT "cdRef", "departmentCode", count(*) AS "records" FROM placed GROUP BY "cdRef", "departmentCode"
-- table taxa
SELECT "cdRef", CAST(sum("records") AS BIGINT) AS "records", count(*) AS "departments"
FROM departments GROUP BY "cdRef" HAVING sum("records") >= $minimum_sample
-- table lone
SELECT taxa."cdRef", taxa."records", taxa."departments", departments."departmentCode"
FROM taxa JOIN departments ON departments."cdRef" = taxa."cdRef" WHERE departments."records" = 1
-- result
SELECT lone."cdRef", placed."scientificName", lone."departmentCode", placed."eventDate", lone."records", lone."departments",
  placed."occurrenceKey", placed."occurrenceID", placed."datasetKey"
FROM lone JOIN placed ON placed."cdRef" = lone."cdRef" AND placed."departmentCode" = lone."departmentCode"
ORDER BY "cdRef", "departmentCode"
