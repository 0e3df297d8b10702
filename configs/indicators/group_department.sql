-- title: Each department by INPN group: taxa and observations
-- partial
SELECT "departmentCode", "group1Inpn", "cdRef", count(*) AS occurrences
FROM occurrence WHERE "occurrenceStatus" = 'PRESENT' AND "departmentCode" IS NOT NULL AND "group1Inpn" IS NOT NULL
GROUP BY "departmentCode", "group1Inpn", "cdRef" ORDER BY "departmentCode", "group1Inpn", "cdRef"
-- merge
SELECT "departmentCode", "group1Inpn", count(DISTINCT "cdRef") AS taxa, sum(occurrences) AS occurrences
FROM partial GROUP BY "departmentCode", "group1Inpn" ORDER BY "departmentCode", "group1Inpn"
