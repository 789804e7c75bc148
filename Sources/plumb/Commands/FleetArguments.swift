import Desired
import Foundation
import Git
import Ledger
import Model
import Reconciler
import Schema
import Service
import Views

extension Invocation {
    /// The folder in which the command runs.
    var folder: String { FileManager.default.currentDirectoryPath }

    var environmentVariables: [String: String] { ProcessInfo.processInfo.environment }

    /// The options about source, scope and ledger, and the operator's file.
    ///
    /// - Parameter proposals: what the command does with a pull request or a working tree.
    func request(_ proposals: ProposalUse = .refused) throws -> PassRequest {
        let namespaces = values(.namespace)
        var request = PassRequest(
            source: try source(),
            scope: DesiredStage.Scope(
                environment: value(.environment),
                namespaces: namespaces.isEmpty ? nil : Set(namespaces), shards: values(.shard)),
            ledger: value(.ledger), folder: folder, heals: has(.heal), actor: actor,
            operator: try operatorFile(), base: value(.base),
            pipeline: CIPipeline.detect(environmentVariables), proposals: proposals)
        request.approvals = ApprovalSettings(request.operator)
        return request
    }

    /// The operator's settings; nil where no file is named and none is at the usual place.
    func operatorFile() throws -> Operator? {
        try OperatorFile.load(
            named: value(.operatorFile), variable: environmentVariables["PLUMB_OPERATOR"])
    }

    /// Where the schema repository is.
    func source() throws -> SourceRequest {
        let reference = value(.ref) ?? "HEAD"
        let location: SourceRequest.Location
        if has(.workingTree) {
            guard value(.ref) == nil else {
                throw UsageError(
                    message: "--ref and --working-tree exclude each other",
                    remedy: "leave one of them out")
            }
            location = .workingTree(folder: value(.source) ?? folder)
        } else if let url = value(.source) {
            location = .mirror(url: url, cache: folder + "/.plumb/mirrors")
        } else {
            location = .repository(folder: folder)
        }
        return SourceRequest(
            location: location, reference: reference, credentials: credentials())
    }

    /// The credentials for the schema repository; secrets come only from environment variables or
    /// files.
    private func credentials() -> SourceCredentials {
        let variables = environmentVariables
        var credentials = SourceCredentials()
        if variables["PLUMB_SOURCE_TOKEN"] != nil {
            credentials.token = .environment("PLUMB_SOURCE_TOKEN")
        } else if let path = variables["PLUMB_SOURCE_TOKEN_FILE"] {
            credentials.token = .file(path)
        }
        if let user = variables["PLUMB_SOURCE_USER"] { credentials.tokenUser = user }
        credentials.certificateAuthorityFile = variables["PLUMB_SOURCE_CA_FILE"]
        credentials.knownHostsFile = variables["PLUMB_SSH_KNOWN_HOSTS"]
        if let path = variables["PLUMB_SSH_KEY_FILE"] {
            let passphrase: SourceCredentials.Secret? =
                variables["PLUMB_SSH_KEY_PASSPHRASE"] == nil
                ? nil : .environment("PLUMB_SSH_KEY_PASSPHRASE")
            credentials.key = .file(path: path, passphrase: passphrase)
        }
        return credentials
    }

    /// Who runs the command: `PLUMB_ACTOR`, else git's user, else the login name and host.
    var actor: LedgerActor {
        if let name = environmentVariables["PLUMB_ACTOR"], !name.isEmpty {
            return LedgerActor(name: name, email: name)
        }
        let identity = Identity.configured()
        let user = environmentVariables["USER"] ?? NSUserName()
        let email = identity.email ?? "\(user)@\(ProcessInfo.processInfo.hostName)"
        return LedgerActor(name: identity.name ?? email, email: email)
    }

    var terminal: Terminal { Terminal(noColour: has(.noColor)) }

    var style: Style { Style(isColoured: terminal.usesColour) }

    /// The requested format, one of `allowed`.
    func format(_ allowed: [Format] = [.text, .json, .markdown]) throws -> Format {
        guard let word = value(.output) else { return .text }
        if let format = Format(rawValue: word), allowed.contains(format) { return format }
        let names = allowed.map(\.rawValue)
        let near = NearestName.suggestion(for: word, among: names).map { ", did you mean \($0)?" }
        throw UsageError(
            message: "--output \(word): no such format here",
            remedy: "use \(names.joined(separator: ", "))" + (near ?? ""))
    }

    /// Prints a plain text; in a code fence where Markdown was requested.
    func answer(_ text: String, as format: Format) {
        terminal.answer(
            format == .markdown ? MarkdownView.plain(text) : text,
            as: format == .markdown ? format.output : nil)
    }

    /// The argument of a command that takes one at most.
    ///
    /// - Parameter what: such as `a rollout`.
    func onlyArgument(_ what: String) throws -> String? {
        guard arguments.count < 2 else {
            throw UsageError(
                message: "`\(arguments[1])`: there is \(what) before it already",
                remedy: "name one")
        }
        return arguments.first
    }

    /// A positive whole number.
    func number(_ option: Option, default standard: Int) throws -> Int {
        guard let word = value(option) else { return standard }
        try ParameterText.check(word, as: "--\(option.name)", .number(most: .max))
        return ParameterText.number(word) ?? standard
    }

    /// A duration in seconds: `30s`, `10m`, `12h`, `7d`.
    func seconds(_ option: Option, default standard: Int64) throws -> Int64 {
        guard let word = value(option) else { return standard }
        try ParameterText.check(word, as: "--\(option.name)", .duration)
        return ParameterText.seconds(word) ?? standard
    }
}
