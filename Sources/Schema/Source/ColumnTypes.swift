/// The column types that MySQL and MariaDB know, so that a typo is found without a server.
enum ColumnTypes {
    /// First words of types, in lower case.
    static let known: Set<String> = Set(
        numbers + texts + dates + places + others + oracleMode)

    static let numbers = [
        "bit", "bool", "boolean", "tinyint", "smallint", "mediumint", "middleint", "int",
        "integer", "bigint", "int1", "int2", "int3", "int4", "int8", "serial", "decimal", "dec",
        "numeric", "fixed", "float", "float4", "float8", "double", "real",
    ]
    static let texts = [
        "char", "character", "nchar", "varchar", "varcharacter", "nvarchar", "national", "long",
        "tinytext", "text", "mediumtext", "longtext", "binary", "varbinary", "tinyblob", "blob",
        "mediumblob", "longblob", "enum", "set",
    ]
    static let dates = ["date", "datetime", "timestamp", "time", "year"]
    static let places = [
        "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring",
        "multipolygon", "geometrycollection", "geomcollection",
    ]
    static let others = ["json", "vector", "inet4", "inet6", "uuid", "xmltype"]
    /// Types that MariaDB knows under `sql_mode=ORACLE`.
    static let oracleMode = ["varchar2", "number", "clob", "raw", "rowtype"]

    /// The type to suggest for a misspelt one.
    static func suggestion(for type: String) -> String? {
        NearestName.suggestion(for: type, among: numbers + texts + dates + places + others)
    }
}
