import Schema

/// The privileges that an account needs on a database for one of its uses.
struct GrantNeeds {
    enum Use {
        case looking, changing
    }

    /// The privileges on the database.
    private(set) var privileges: [String]
    /// The privilege that renaming a table needs besides; nil where nothing is changed.
    let toRename: String?
    /// Whether it must read the bodies of routines that the account does not own.
    let readsRoutines: Bool

    /// The privilege without which tables of the workspace are made for good.
    static let temporaryTables = "CREATE TEMPORARY TABLES"

    /// - Parameter kinds: the kinds of objects besides tables that are managed there.
    init(_ use: Use, kinds: Set<ObjectName.Kind>, flavour: ServerProfile.Flavour) {
        let changes = use == .changing
        let managesRoutines = !kinds.isDisjoint(with: [.procedure, .function])
        privileges =
            changes ? ["SELECT", "CREATE", "ALTER", "INDEX", "DROP", "REFERENCES"] : ["SELECT"]
        toRename = changes ? "INSERT" : nil
        readsRoutines = managesRoutines
        if kinds.contains(.view) { privileges += changes ? ["CREATE VIEW"] : [] }
        if kinds.contains(.view) { privileges.append("SHOW VIEW") }
        if kinds.contains(.trigger) { privileges.append("TRIGGER") }
        if kinds.contains(.event) { privileges.append("EVENT") }
        guard managesRoutines else { return }
        if changes { privileges += ["CREATE ROUTINE", "ALTER ROUTINE"] }
        if changes || flavour == .mariadb { privileges.append("EXECUTE") }
    }

    /// The privilege for reading the bodies of other accounts' routines, and the object it is
    /// granted on.
    static func routineTexts(_ flavour: ServerProfile.Flavour) -> (privilege: String, on: String) {
        flavour == .mariadb ? ("SELECT", "mysql.proc") : ("SHOW_ROUTINE", "*.*")
    }
}

extension Grants {
    /// Whether the bodies of all routines can be read.
    func readsRoutines(_ flavour: ServerProfile.Flavour) -> Bool {
        flavour == .mariadb
            ? holds("SELECT", onTable: "proc", of: "mysql")
            : holdsGlobally("SHOW_ROUTINE") || holdsGlobally("SELECT")
    }
}
