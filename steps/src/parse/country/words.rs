//! Words around names of countries, as keys of [`letters`](crate::parse::letters::letters).
//!
//! English first, then French, German, Dutch, Spanish, Portuguese and Latin, as labels of collections have them.

/// What stands before a name without changing the country.
pub(super) const BEFORE: &[&str] = &[
    "ALONG", "ALSO", "APPARENTLY", "ARCH", "ARCHIPEL", "ARCHIPELAGO", "AT", "ATLANTIC", "AU", "AUF", "AUS",
    "AUSTRALIS", "BAS", "BAY", "BEI", "BORDER", "BORDERS", "BOREALIS", "BY", "C", "CA", "CAPTIVE", "CEN", "CENT",
    "CENTER", "CENTR", "CENTRAL", "CENTRALE", "CENTRE", "CENTRO", "CF", "COAST", "COASTAL", "COASTS", "COLLECTIVITY",
    "COLONIE", "COLONY", "COMMONWEALTH", "CONTINENTAL", "CORDILLERA", "COTE", "COTES", "COUNTRY", "D", "DAS", "DE",
    "DEL", "DEN", "DEP", "DEPARTAMENTO", "DEPARTEMENT", "DEPARTMENT", "DEPT", "DER", "DES", "DESERT", "DIE", "DIST",
    "DISTR", "DISTRICT", "DU", "E", "EAST", "EASTER", "EASTERN", "EERN", "EILAND", "EILANDEN", "EL", "END", "ENV",
    "ENVIRONS", "EST", "ESTADO", "ESTE", "ETAT", "EVIDENTLY", "EX", "EXTREME", "FAR", "FEDERATION", "FORMER", "FROM",
    "FRONTIER", "FRONTIERE", "FRONTIERS", "GOVERNMENT", "GR", "GREAT", "GROUP", "GT", "HIGH", "HINTERLAND", "ILE",
    "ILES", "ILLEG", "IN", "INLAND", "INNER", "INS", "INSEL", "INSELN", "INSULA", "INSULAE", "INSULAR", "INT",
    "INTER", "INTERIOR", "ISLA", "ISLAMIC", "ISLAMICA", "ISLAMIQUE", "ISLAND", "ISLANDS", "ISLAS", "ISLE", "ISLES",
    "JUNGLE", "KINGDOM", "L", "LA", "LARGE", "LAS", "LE", "LEEWARD", "LES", "LITTLE", "LOS", "LOW", "LOWER", "LOWR",
    "LR", "LT", "MAINLAND", "MERIDIONAL", "MERIDIONALE", "MID", "MIDDEN", "MIDDLE", "MITTEL", "MITTLERES",
    "MONTAGNES", "MONTS", "MOUNTAINS", "MOYEN", "MOYENNE", "MTNS", "MTS", "N", "NE", "NEAR", "NEE", "NEIGHBOURHOOD",
    "NERN", "NO", "NOORD", "NOORDELIJK", "NOORDEN", "NORD", "NORDEN", "NORDEST", "NORDOUEST", "NORTE", "NORTH",
    "NORTHEAST", "NORTHEASTERN", "NORTHERN", "NORTHWEST", "NORTHWESTERN", "NR", "NW", "O", "OCCIDENTAL",
    "OCCIDENTALE", "OCCIDENTALIS", "OESTE", "OF", "OFF", "ON", "OOST", "OOSTEN", "ORIENTAL", "ORIENTALE",
    "ORIENTALIS", "OST", "OUEST", "OUT", "OUTER", "PACIFIC", "PENINSULA", "PERHAPS", "POSSIBLY", "PRESUMABLY",
    "PRESUMED", "PRINCIPALITY", "PRINCIPAUTE", "PROB", "PROBABLE", "PROBABLEMENT", "PROBABLY", "PROTECTORATE",
    "PROV", "PROVINCE", "PROVINCIA", "PROVINCIAL", "REGION", "REINO", "REMOTE", "REP", "REPUBLIC", "REPUBLICA",
    "REPUBLIK", "REPUBLIQUE", "ROYAUME", "S", "SE", "SEAS", "SEPTENTRIONAL", "SEPTENTRIONALE", "SERN", "SIERRA",
    "SO", "SOUTH", "SOUTHEAST", "SOUTHEASTERN", "SOUTHERN", "SOUTHWEST", "SOUTHWESTERN", "STATE", "SUD", "SUDEST",
    "SUDOUEST", "SUED", "SUL", "SULTANAT", "SULTANATE", "SUR", "SW", "SYD", "TERR", "TERRITOIRE", "TERRITORIES",
    "TERRITORY", "THE", "TO", "UIT", "UP", "UPP", "UPPER", "VALLEE", "VALLEY", "VAN", "VEST", "VIC", "VICINITY",
    "VON", "W", "WAHRSCHEINLICH", "WARM", "WATERS", "WERN", "WEST", "WESTEN", "WESTERN", "WESTERS", "WINDWARD",
    "ZENTRAL", "ZENTRALES", "ZO", "ZUID", "ZUIDELIJK", "ZUIDEN", "ZW",
];

/// What stands after a name without changing the country.
pub(super) const AFTER: &[&str] = &[
    "AND", "ARCH", "ARCHIP", "ARCHIPEL", "ARCHIPELAGO", "ARCHIPIELAGO", "AREA", "ATOLL", "ATOLLS", "BOR", "BORDER",
    "BORDERS", "BY", "CAPTIVE", "CAPTIVITY", "CENT", "CENTR", "CENTRAL", "CENTRALE", "COAST", "COASTAL", "COASTS",
    "COLONIE", "COLONY", "CULT", "CULTIVATED", "DEP", "DEPENDENCIES", "DEPENDENCY", "DIST", "DISTR",
    "DISTRICT", "DISTRICTS", "DIVISION", "E", "EAST", "EASTERN", "EILAND", "EILANDEN", "EMPIRE", "ERROR", "EST",
    "ETC", "EX", "FRONTIER", "GR", "GROUP", "GRP", "HIGHLAND", "HIGHLANDS", "HILLS", "HINTERLAND", "HORT", "I", "ID",
    "IDS", "ILE", "ILES", "ILHA", "ILHAS", "ILLEG", "IN", "INDET", "INFER", "INFERE", "INFERENCE", "INFERRED",
    "INSEL", "INSELN", "INSULA", "INSULAE", "INT", "INTER", "INTERIOR", "IS", "ISL", "ISLA", "ISLAND", "ISLANDS",
    "ISLAS", "ISLD", "ISLDS", "ISLE", "ISLES", "ISLS", "ISOLA", "ISOLE", "ISS", "KINGDOM", "KOLONIE", "LOWER",
    "LOWLANDS", "MAINLAND", "MERID", "MERIDIONAL", "MERIDIONALE", "MISSION", "MOUNTAINS", "MTNS", "MTS", "N", "NE",
    "NO", "NORD", "NORDEST", "NORTE", "NORTH", "NORTHEAST", "NORTHEASTERN", "NORTHERN", "NORTHWEST", "NORTHWESTERN",
    "NW", "OCC", "OCCID", "OCCIDENTAL", "OCCIDENTALE", "OFFSHORE", "ONLY", "OR", "ORIENT", "ORIENTAL", "ORIENTALE",
    "OUEST", "PEN", "PENIN", "PENINS", "PENINSULA", "PENINSULAR", "PENINSULE", "PENS", "PERHAPS", "PLAINS",
    "POSSIBLY", "PROB", "PROBABLE", "PROBABLY", "PROPER", "PROT", "PROTECTORATE", "PROV", "PROVINCE", "PROVINZ",
    "REGION", "REP", "REPUBLIC", "S", "SE", "SEAS", "SEPT", "SEPTENTRIONAL", "SEPTENTRIONALE", "SIDE", "SOUTH",
    "SOUTHEAST", "SOUTHEASTERN", "SOUTHERN", "SOUTHWEST", "SOUTHWESTERN", "STATE", "STATES", "SUD", "SUDEST",
    "SULTANATE", "SUR", "SW", "TER", "TERR", "TERRITORIES", "TERRITORY", "THE", "UNKNOWN", "UNSPECIFIED", "UPPER",
    "VIC", "VICINITY", "W", "WATERS", "WEST", "WESTERN", "ZONE",
];

/// Words for islands after a name.
pub(super) const ISLANDS: &[&str] = &[
    "ARCH", "ARCHIP", "ARCHIPELAGO", "EILAND", "EILANDEN", "GR", "GROUP", "I", "ID", "IDS", "ILE", "ILES", "INSEL",
    "INSELN", "IS", "ISL", "ISLA", "ISLAND", "ISLANDS", "ISLAS", "ISLD", "ISLDS", "ISLE", "ISLES", "ISLS", "ISS",
];

/// Abbreviations of words of names. One may stand for several words.
pub(super) const ABBREVIATIONS: &[(&str, &str)] = &[
    ("BR", "BRITISH"),
    ("BRIT", "BRITISH"),
    ("GER", "GERMAN"),
    ("GERM", "GERMAN"),
    ("G", "GERMAN"),
    ("FR", "FRENCH"),
    ("PORT", "PORTUGUESE"),
    ("PORTUGESE", "PORTUGUESE"),
    ("DU", "DUTCH"),
    ("D", "DUTCH"),
    ("SP", "SPANISH"),
    ("BELG", "BELGIAN"),
    ("BEL", "BELGIAN"),
    ("ST", "SAINT"),
    ("STE", "SAINTE"),
    ("AFR", "AFRICA"),
    ("AF", "AFRICA"),
    ("AMER", "AMERICA"),
    ("AUSTR", "AUSTRALIA"),
    ("GUIN", "GUINEA"),
    ("ARCHIP", "ARCHIPELAGO"),
    ("FED", "FEDERATED"),
    ("DEM", "DEMOCRATIC"),
    ("REP", "REPUBLIC"),
    ("IND", "INDIES"),
    ("N", "NEW"),
    ("N", "NORTH"),
    ("S", "SOUTH"),
    ("E", "EAST"),
    ("W", "WEST"),
    ("C", "CENTRAL"),
    ("CENTR", "CENTRAL"),
    ("CENT", "CENTRAL"),
    ("NO", "NORTH"),
    ("SO", "SOUTH"),
    ("SE", "SOUTHEAST"),
    ("NE", "NORTHEAST"),
    ("SW", "SOUTHWEST"),
    ("TROP", "TROPICAL"),
    ("BRITSH", "BRITISH"),
    ("NETH", "NETHERLANDS"),
    ("ITAL", "ITALIAN"),
    ("PORTUG", "PORTUGUESE"),
    ("PORTUGIES", "PORTUGUESE"),
    ("STO", "SANTO"),
    ("STA", "SANTA"),
    ("S", "SAN"),
    ("S", "SAINT"),
    ("S", "SAO"),
    ("AFRIQUE", "AFRICA"),
    ("AM", "AMERICA"),
    ("AUST", "AUSTRALIA"),
    ("GUI", "GUIANA"),
    ("GUIA", "GUIANA"),
    ("ARCH", "ARCHIPELAGO"),
    ("FEDN", "FEDERATION"),
    ("REPUB", "REPUBLIC"),
    ("REPUBL", "REPUBLIC"),
    ("PROT", "PROTECTORATE"),
    ("TERR", "TERRITORY"),
    ("TERR", "TERRITORIES"),
    ("TER", "TERRITORY"),
    ("T", "TERRITORY"),
    ("PEN", "PENINSULA"),
    ("PENIN", "PENINSULA"),
    ("PENINS", "PENINSULA"),
    ("MTS", "MOUNTAINS"),
    ("MT", "MOUNT"),
    ("PROV", "PROVINCE"),
    ("I", "ISLAND"),
    ("I", "ISLANDS"),
    ("IS", "ISLANDS"),
    ("IS", "ISLAND"),
    ("ISL", "ISLAND"),
    ("ISL", "ISLANDS"),
    ("ISLS", "ISLANDS"),
    ("IDS", "ISLANDS"),
    ("ID", "ISLAND"),
    ("U", "UNITED"),
    ("UN", "UNITED"),
    ("K", "KINGDOM"),
    ("NLLE", "NOUVELLE"),
    ("NOUV", "NOUVELLE"),
    ("NO", "NORTHERN"),
    ("SO", "SOUTHERN"),
    ("N", "NORTHERN"),
    ("S", "SOUTHERN"),
    ("E", "EASTERN"),
    ("W", "WESTERN"),
    ("FR", "FREE"),
    ("ST", "STATE"),
    ("STS", "STATES"),
    ("GT", "GREAT"),
    ("GR", "GREAT"),
    ("MID", "MIDDLE"),
    ("AMER", "AMERICAN"),
    ("CAL", "CALIFORNIA"),
    ("DOM", "DOMINICAN"),
    ("EQUAT", "EQUATORIAL"),
    ("EQ", "EQUATORIAL"),
    ("ANT", "ANTILLES"),
    ("COL", "COLONY"),
    ("CO", "COUNTY"),
    ("SOV", "SOVIET"),
    ("UPP", "UPPER"),
    ("UP", "UPPER"),
    ("LR", "LOWER"),
    ("LOWR", "LOWER"),
    ("SERN", "SOUTHERN"),
    ("NERN", "NORTHERN"),
    ("EERN", "EASTERN"),
    ("WERN", "WESTERN"),
    ("STH", "SOUTH"),
    ("NTH", "NORTH"),
];

/// Words that are left out when names are compared word by word.
pub(super) const SMALL: &[&str] = &[
    "OF", "THE", "AND", "ET", "DE", "DU", "DES", "LA", "LE", "LES", "DEL", "EL", "Y", "UND", "DER", "DIE", "DAS",
    "VAN", "DA", "DO", "DOS", "DAS",
];

/// Words for counties and parishes after a name.
pub(super) const COUNTY: &[&str] = &["CO", "COUNTY", "PAR", "PARISH"];

/// Words for waters in French, which stand before a name of the land beside them: `Golfe de Gênes`.
pub(super) const WATERS: &[&str] = &["GOLFE", "MER", "MERS", "DETROIT", "OCEAN", "BANC"];

/// Words between names that are all meant.
pub(super) const AND: &[&str] = &["AND", "ET", "UND", "EN", "Y", "OG", "OCH", "BETWEEN", "BETW", "ENTRE", "ZWISCHEN", "ALSO"];

/// Words between names of which one is meant.
pub(super) const OR: &[&str] = &["OR", "OU", "ODER", "O", "VEL", "AUT", "EITHER"];

/// Words between names that are the ends of what is meant: `Canada to Panama`. Before the first name they mean nothing.
pub(super) const TO: &[&str] = &["TO", "BIS", "TOT"];

/// Words before the name of the country in which a place lies.
pub(super) const PREPOSITIONS: &[&str] = &[
    "OF", "DE", "DU", "DES", "DEL", "IN", "FROM", "VON", "VAN", "OFF", "NEAR", "TO", "EN", "UIT", "AUS", "DO", "DA",
];

/// What stands after the name of a country when a place elsewhere bears it: `China Lake`, `Jersey City`.
pub(super) const OTHER_PLACES: &[&str] = &[
    "BASIN", "BEACH", "BRANCH", "BRIDGE", "CANYON", "CEMETERY", "CHANNEL", "CITY", "CO", "COUNTY", "CREEK",
    "CROSSING", "DITCH", "FALLS", "FARM", "GROVE", "HARBOR", "HARBOUR", "HILL", "HOUSE", "ISLAND", "ISLANDS",
    "JUNCTION", "LAKE", "LAKES", "MILLS", "PARISH", "PARK", "POINT", "POND", "RANCH", "RIDGE", "RIVER", "ROAD",
    "ROCK", "SEA", "SHORE", "SPRING", "SPRINGS", "STATION", "STRAIT", "STREET", "SWAMP", "TOWN", "TOWNSHIP",
    "TRENCH", "TWP", "VILLAGE",
];

