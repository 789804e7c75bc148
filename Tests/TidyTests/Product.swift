/// What the product is made of, and what each part may know.
struct Module {
    let name: String
    /// No clock, no input or output, no threads; it imports only pure modules.
    var isPure = false
    /// Modules that are not pure, of which a pure one takes values all the same.
    var knows: Set<String> = []
    /// The C libraries that it owns; no module imports one that it does not own.
    var libraries: Set<String> = []
    /// Pure folders of a module that is not, with what else each may know: modules, and folders
    /// of its own module as `Module/Folder`.
    var pureFolders: [String: Set<String>] = [:]

    init(
        _ name: String, isPure: Bool = false, knows: Set<String> = [],
        libraries: Set<String> = [], pureFolders: [String: Set<String>] = [:]
    ) {
        self.name = name
        self.isPure = isPure
        self.knows = knows
        self.libraries = libraries
        self.pureFolders = pureFolders
    }

    /// What the file may know beside pure modules; nil where it need not be pure.
    func knows(_ path: String) -> Set<String>? {
        if isPure { return knows }
        return pureFolders.first { path.hasPrefix("Sources/\(name)/\($0.key)/") }?.value
    }
}

/// The one table of modules; the rules are in ``ModuleTests`` and ``FolderTests``.
enum Product {
    /// In the order of the package: each may import those before it.
    static let modules = [
        Module("Basics", isPure: true),
        Module("Execution"),
        Module("Supervision"),
        Module("Crypto", isPure: true, libraries: ["CCrypto"]),
        Module("Store"),
        Module("Schema", isPure: true),
        Module("Signatures", libraries: ["CLinux"]),
        Module("Tokens"),
        Module("Diff", isPure: true),
        Module("Model", isPure: true),
        Module("Git", libraries: ["CGit2", "CZlib"]),
        Module("Desired", libraries: ["CYAML"]),
        Module("Reports", isPure: true),
        Module("Lint", isPure: true, knows: ["Desired"]),
        Module("MySQLClient", libraries: ["CMySQL"]),
        Module(
            "Binlog", libraries: ["CZlib"],
            pureFolders: ["Base": [], "Bytes": [], "Values": [], "Events": []]),
        Module("OnlineCopy"),
        Module("MySQLStore"),
        Module("Observed"),
        Module("Ledger"),
        Module(
            "Reconciler",
            pureFolders: [
                "Compare": [], "Gate": ["Desired", "Reconciler/Approvals"], "Rollout/Machine": [],
            ]),
        Module("Import"),
        Module("Doctor"),
        Module("HTTP", libraries: ["CMicroHTTPD", "CZlib"]),
        // Views show what others found: they know no server, no ledger and no clock.
        Module("Views", isPure: true),
        Module("Service"),
        Module("Console"),
        Module("HTTPClient", libraries: ["CCurl"]),
        Module("Notifications"),
        Module("plumb"),
        Module("plumb-bench"),
    ]
}
