import Model
import Reconciler
import Service
import Signatures

/// One question to an endpoint, as a command line asks it.
struct Asking {
    private let format: Format
    private let invocation: Invocation
    private let ask: () throws -> Answer

    /// Reads the command line and opens the ledger.
    ///
    /// Throws ``UsageError`` before anything is opened.
    init(
        _ endpoint: Endpoint, _ invocation: Invocation, hooks: PassHooks = PassHooks()
    ) throws {
        self.invocation = invocation
        let asked = try invocation.asked(endpoint)
        format = try invocation.format(endpoint.formats)
        let session = try invocation.session(for: endpoint, hooks)
        ask = { try endpoint.answer(asked, session) }
    }

    /// What there is to say now.
    func answer() throws -> Answer { try ask() }

    /// The answer in the format that was asked for.
    func text(_ answer: Answer) -> String { answer.text(format, invocation.presentation) }

    /// Prints an answer; returns its exit status.
    func show(_ answer: Answer) -> ExitStatus {
        if let note = answer.note { invocation.terminal.log(note) }
        invocation.terminal.write(text(answer))
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
        session.signingKey = try value(.sign).map(SigningKey.init(path:))
        return session
    }

    var presentation: Presentation {
        Presentation(width: terminal.width, isColoured: terminal.usesColour)
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
            options: options + Option.all(of: endpoint) + more + [.output, .noColor],
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
