import Schema

/// What an account has to be allowed on a database, for what it is used for there.
struct GrantNeeds {
    enum Use {
        case looking, changing
    }

    /// On the database.
    private(set) var privileges: [String]
    /// What a table's new name takes besides; nil where nothing is changed.
    let toRename: String?
    /// Whether the texts of routines are read that the account does not own.
    let readsRoutines: Bool

    /// - Parameter kinds: what is managed there beside tables.
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

    /// What lets an account read the text of routines that are not its own, and on what.
    static func routineTexts(_ flavour: ServerProfile.Flavour) -> (privilege: String, on: String) {
        flavour == .mariadb ? ("SELECT", "mysql.proc") : ("SHOW_ROUTINE", "*.*")
    }
}

extension Grants {
    /// Whether the texts of all routines are to be read.
    func readsRoutines(_ flavour: ServerProfile.Flavour) -> Bool {
        flavour == .mariadb
            ? holds("SELECT", onTable: "proc", of: "mysql")
            : holdsGlobally("SHOW_ROUTINE") || holdsGlobally("SELECT")
    }
}
