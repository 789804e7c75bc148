import Model
import Reconciler
import Service
import Signatures

/// One question to an endpoint, as a command line asks it: of the ledger, or of a daemon.
struct Asking {
    /// An answer in the format that was asked for.
    struct Shown {
        let text: String
        let exit: ExitStatus
        /// Whether what it shows goes on.
        let isOpen: Bool
        /// What is said on standard error beside it.
        let note: String?
    }

    private let terminal: Terminal
    private let ask: () throws -> Shown

    /// Reads the command line, and opens the ledger where no daemon is asked.
    ///
    /// Throws ``UsageError`` before anything is opened.
    init(_ endpoint: Endpoint, _ invocation: Invocation) throws {
        let asked = try invocation.asked(endpoint)
        let format = try invocation.format(endpoint.formats)
        let presentation = try invocation.presentation()
        terminal = invocation.terminal
        if let daemon = try RemoteDaemon(invocation, about: endpoint) {
            ask = { try daemon.ask(endpoint, asked, format, presentation) }
            return
        }
        let session = try invocation.session(for: endpoint, PassHooks())
        ask = {
            let answer = try endpoint.answer(asked, session)
            return Shown(
                text: answer.text(format, presentation), exit: answer.exit, isOpen: answer.isOpen,
                note: answer.note)
        }
    }

    /// What there is to say now.
    func answer() throws -> Shown { try ask() }

    /// Prints an answer; returns its exit status.
    func show(_ answer: Shown) -> ExitStatus {
        if let note = answer.note { terminal.log(note) }
        terminal.write(answer.text)
        return answer.exit
    }
}

extension Invocation {
    /// What the command line asks of an endpoint.
    func asked(_ endpoint: Endpoint) throws -> Parameters {
        var values: [String: [String]] = [:]
        for parameter in endpoint.parameters {
            if let noun = parameter.argument {
                let words =
                    parameter.kind == .list
                    ? arguments : try onlyArgument(noun).map { [$0] } ?? []
                values[parameter.name] = words
            } else if parameter.kind == .flag {
                values[parameter.name] = switches.contains(parameter.option) ? ["true"] : []
            } else {
                values[parameter.name] = self.values[parameter.option] ?? []
            }
        }
        return try endpoint.parameters(values, spelling: .options)
    }

    /// Opens the ledger for an endpoint.
    func session(for endpoint: Endpoint, _ hooks: PassHooks) throws -> ServiceSession {
        let proposals: ProposalUse =
            switch endpoint.method {
            case .get: .baseOnly
            case .post: .refused
            }
        var session = ServiceSession(try LedgerSession.open(try request(proposals), hooks))
        session.signer = try value(.sign).map { .person(try SigningKey(path: $0)) }
        return session
    }

    /// How the terminal and the options want an answer to be shown.
    func presentation() throws -> Presentation {
        var presentation = Presentation(width: terminal.width, isColoured: terminal.usesColour)
        presentation.maxBytes = try number(.maxBytes, default: presentation.maxBytes)
        return presentation
    }
}

extension Command {
    /// A command that asks one endpoint and prints its answer.
    init(
        _ name: String, asking endpoint: Endpoint, arguments: String = "", details: String = "",
        options: [Option] = Option.environmentWide, and more: [Option] = []
    ) {
        self.init(
            name: name, summary: endpoint.summary, arguments: arguments, details: details,
            options: options + [.server] + Option.all(of: endpoint) + more + [.output, .noColor],
            run: { invocation in
                let asking = try Asking(endpoint, invocation)
                return asking.show(try asking.answer())
            })
    }
}

extension Option {
    /// The options of a command that asks an endpoint.
    static func all(of endpoint: Endpoint) -> [Option] {
        endpoint.parameters.filter { $0.argument == nil }.map { parameter in
            Option(
                name: parameter.option, value: parameter.value, help: parameter.help,
                isRepeatable: parameter.kind == .list)
        }
    }
}
