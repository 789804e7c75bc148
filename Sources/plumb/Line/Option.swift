/// One option of the command line.
struct Option: Sendable {
    let name: String
    /// The name of the value in the help; nil for a switch.
    let value: String?
    let help: String
    var isRepeatable = false
    /// What may stand as its value, as far as a shell can offer it.
    var values: Values = .any

    /// What may stand as the value of an option, or as an argument of a command.
    enum Values: Sendable, Equatable {
        /// What only the user or a ledger knows.
        case any
        /// One of these.
        case words([String])
        case file, folder
    }

    static let source = Option(
        name: "source", value: "URL-or-path",
        help: "the schema repository (default: the one around the current folder)", values: .folder)
    static let ref = Option(
        name: "ref", value: "ref", help: "the branch, tag or commit to follow (default: HEAD)")
    static let workingTree = Option(
        name: "working-tree", value: nil,
        help: "read the files of the working tree, committed or not")
    static let since = Option(
        name: "since", value: "revision",
        help: "also say what the change from this branch, tag or commit may do")
    static let signed = Option(
        name: "signed", value: nil, help: "also verify the signature of each transition")
    static let allowedSigners = Option(
        name: "allowed-signers", value: "file",
        help: "whose signatures count, in the format of ssh-keygen", values: .file)
    static let known = Option(
        name: "since", value: "commit",
        help: "with --signed: do not check this transition and those before it", isRepeatable: true)
    static let ledger = Option(
        name: "ledger", value: "place",
        help: "the ledger, instead of the one in plumb.yaml: file:path, mysql://user@host/database")
    static let server = Option(
        name: "server", value: "URL",
        help: "ask a daemon (default: PLUMB_SERVER); its token is in PLUMB_TOKEN, or in the file "
            + "that PLUMB_TOKEN_FILE names")
    static let base = Option(
        name: "base", value: "revision",
        help: "whose plumb.yaml counts; other revisions give only schemas (default: in a pull "
            + "request's pipeline its base)")
    static let operatorFile = Option(
        name: "operator", value: "path",
        help: "the operator's file, which limits plumb.yaml (default: PLUMB_OPERATOR, "
            + "/etc/plumb/operator.yaml)", values: .file)
    static let environment = Option(
        name: "environment", value: "name",
        help: "the environment (default: the only one in plumb.yaml)")
    static let environments = Option(
        name: "environment", value: "name", help: "only this environment", isRepeatable: true)
    static let hosts = Option(
        name: "hosts", value: "pattern",
        help: "only shards on these servers, as `db-*.eu.internal`", isRepeatable: true)
    static let labels = Option(
        name: "labels", value: "key=value",
        help: "only servers whose shards all have this label", isRepeatable: true)
    static let concurrency = Option(
        name: "concurrency", value: "number",
        help: "how many operations are at work at once, at most (default: 8)")
    static let namespace = Option(
        name: "namespace", value: "name", help: "only this namespace", isRepeatable: true)
    static let shard = Option(
        name: "shard", value: "name-or-glob", help: "only these shards", isRepeatable: true)
    static let output = Option(
        name: "output", value: "format", help: "text, json or markdown (default: text)",
        values: .words(["text", "json", "markdown"]))
    static let plainOutput = Option(
        name: "output", value: "format", help: "text or json (default: text)",
        values: .words(["text", "json"]))
    static let reportOutput = Option(
        name: "output", value: "format",
        help: "text, json, markdown, sarif, junit or html (default: text)",
        values: .words(["text", "json", "markdown", "sarif", "junit", "html"]))
    static let lintOutput = Option(
        name: "output", value: "format",
        help: "text, json, sarif, junit or github (default: text)",
        values: .words(["text", "json", "sarif", "junit", "github"]))
    static let write = Option(
        name: "write", value: "format=file",
        help: "also write the report into a file, as `markdown=plan.md`", isRepeatable: true)
    static let check = Option(
        name: "check", value: nil, help: "write nothing; exit 2 where a file would change")
    static let noColor = Option(
        name: "no-color", value: nil, help: "no colour, as with NO_COLOR in the environment")
    static let heal = Option(
        name: "heal", value: nil, help: "correct drift in this pass, whatever policy.drift says")
    static let noWait = Option(
        name: "no-wait", value: nil,
        help: "end while a wave bakes (exit 2), for a later run to go on")
    static let requireAll = Option(
        name: "require-all", value: nil,
        help: "change nothing where one shard is unknown or set aside (exit 6)")
    static let end = Option(
        name: "end", value: nil, help: "give a rollback up: git's state is wanted again")
    static let given = Option(
        name: "since", value: "time", help: "what was given or used at this time or later")
    static let until = Option(
        name: "until", value: "time", help: "what was given or used before this time")
    static let sign = Option(
        name: "sign", value: "key", help: "sign the decision with this SSH key", values: .file)
    static let watch = Option(
        name: "watch", value: nil, help: "show it again as it changes, until it has ended")
    static let keep = Option(
        name: "keep", value: "duration",
        help: "how long plans, rollouts and approvals that are over stay in the tree: 400d")
    static let repair = Option(
        name: "repair", value: nil,
        help: "fetch what is damaged or missing from another copy, forget what is made again")
    static let copy = Option(
        name: "from", value: "place",
        help: "with --repair: another copy of the ledger, as file:path or mysql://…")
    static let interval = Option(
        name: "interval", value: "duration", help: "time between two passes (default: 60s)")
    static let listen = Option(
        name: "listen", value: "address",
        help: "answer over HTTP there: 127.0.0.1:8080, or a port on the loopback address")
    static let tokens = Option(
        name: "tokens", value: "path",
        help: "with --listen: who may ask for what, a line each: name, role, secret",
        values: .file)
    static let webhooks = Option(
        name: "webhooks", value: "path",
        help: "with --listen: whose pushes are heard, a line each: name, kind of forge, secret",
        values: .file)
    static let tlsCertificate = Option(
        name: "tls-certificate", value: "path",
        help: "with --listen: the certificate and its chain, in PEM", values: .file)
    static let tlsKey = Option(
        name: "tls-key", value: "path", help: "with --listen: the certificate's key, in PEM",
        values: .file)
    static let approvalKey = Option(
        name: "approval-key", value: "path",
        help: "with --listen: the private SSH key that signs the approvals it is given",
        values: .file)
    static let exactEvery = Option(
        name: "exact-every", value: "number",
        help: "read every table in full after this many passes (default: 60)")
    static let logLevel = Option(
        name: "log-level", value: "level",
        help: "what is logged: from debug, info, warning or error on (default: info)",
        values: .words(["debug", "info", "warning", "error"]))
    static let maxBytes = Option(
        name: "max-bytes", value: "number",
        help: "the most bytes of Markdown; says what it leaves out (default: 60000)")
    static let record = Option(
        name: "record", value: nil,
        help: "instead: record tables that equal git in the ledger")
    static let into = Option(
        name: "into", value: "folder", help: "where the files are written (default: .)",
        values: .folder)
    static let pages = Option(
        name: "into", value: "folder", help: "write all pages into this folder", values: .folder)
    static let host = Option(
        name: "host", value: "address", help: "the server: name:port or unix:/path")
    static let firstHost = Option(
        name: "host", value: "address",
        help: "the server: name:port or unix:/path (default: 127.0.0.1:3306)")
    static let firstDatabase = Option(
        name: "database", value: "name", help: "the database (default: app)")
    static let firstNamespace = Option(
        name: "namespace", value: "name",
        help: "what databases with these tables are called (default: app)")
    static let firstEnvironment = Option(
        name: "environment", value: "name",
        help: "what the environment is called (default: production)")
    static let manage = Option(
        name: "manage", value: "kinds",
        help: "all, or kinds beside tables: views,triggers,routines,events,sequences")
    static let databases = Option(
        name: "database", value: "name-or-pattern",
        help: "a database that is read, or a LIKE pattern", isRepeatable: true)
    static let optionFile = Option(
        name: "option-file", value: "path", help: "a MySQL option file with user and password",
        values: .file)
    static let user = Option(name: "user", value: "name", help: "the user (default: root)")
    static let passwordEnvironment = Option(
        name: "password-env", value: "variable", help: "the variable that holds the password")

    /// Those of a command about a whole environment.
    static let environmentWide = fleet.filter { ![namespace.name, shard.name].contains($0.name) }

    /// Options of every command that reads the schema repository and the fleet.
    static let fleet = [
        source, ref, workingTree, base, operatorFile, ledger, environment, namespace, shard,
    ]
}
