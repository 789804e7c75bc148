import TestSupport

/// One transition of the table in `docs/schema-support.md`, as schema files before and after.
struct SupportCase: Sendable, CustomStringConvertible {
    enum Servers: Sendable {
        case all, mariadb, mysql
    }

    /// Who refuses what Plumb does not do; nobody changes anything.
    enum Refusal: Sendable {
        /// Reading the files, without a server.
        case reading
        /// The server, asked in the workspace.
        case server
        /// Planning: the table is left alone, the others follow.
        case planning
    }

    enum Outcome: Sendable {
        case supported
        /// Two texts that mean the same to Plumb.
        case noDifference
        /// The words that say what is refused, and why.
        case refused(Refusal, String)

        var word: String {
            switch self {
            case .supported: "supported"
            case .noDifference: "no difference"
            case .refused: "refused"
            }
        }
    }

    /// The row of the document.
    let id: String
    var on = Servers.all
    /// Statements of the schema folder; `{t}` stands for the name of the row's table.
    var before = ""
    /// What somebody does to the shard by hand after that.
    var live: [String] = []
    var after = ""
    var outcome = Outcome.supported
    /// Whether the way back is taken too; a hint leads one way only.
    var isReversible = true

    /// What the files say once the way back was taken.
    var back: String { isReversible ? before : after }

    var description: String { id }
    var table: String { "t_" + id.replacing("-", with: "_") }

    func runs(on flavour: ServerProfile.Flavour) -> Bool {
        switch on {
        case .all: true
        case .mariadb: flavour == .mariadb
        case .mysql: flavour == .mysql
        }
    }

    /// `text` with the table's name in its places.
    func named(_ text: String) -> String { text.replacing("{t}", with: table) }
}

enum SupportCases {
    static let all = columns + indexes + constraints + webs + partitions + options + files + objects
}
