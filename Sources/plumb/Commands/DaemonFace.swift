import Basics
import Console
import Execution
import Foundation
import HTTP
import Reconciler
import Reports
import Service
import Signatures
import Tokens

/// What a daemon shows over HTTP where `--listen` asks for it.
struct DaemonFace: Sendable {
    let state: DaemonState
    private let events = EventHub()
    private let loops = Lock<EnvironmentLoops?>(nil)
    private let tokens: TokenFile
    private let webhooks: WebhookDoor?
    private let address: ListenAddress
    private let certificate: Certificate?
    private let log: EventLog

    /// For how long a step of a loop may last, in seconds, before the loop counts as dead: an exact
    /// look at ten thousand shards takes its time.
    private static let stepSeconds = 900.0

    /// Nil where it is not asked for. Throws where an address or a file is of no use.
    init?(_ invocation: Invocation, _ log: EventLog) throws {
        guard let text = invocation.value(.listen) else {
            for option in [Option.tokens, .webhooks, .tlsCertificate, .tlsKey, .approvalKey]
            where invocation.value(option) != nil {
                throw UsageError(
                    message: "--\(option.name) is for a daemon that answers over HTTP",
                    remedy: "give an address with --listen, too")
            }
            return nil
        }
        guard let path = invocation.value(.tokens) else {
            throw UsageError(
                message: "--listen \(text): nobody may ask anything without a token",
                remedy: "name a file of tokens with --tokens: lines like `ada@example.com approve "
                    + "SECRET`, mode 600")
        }
        address = try ListenAddress(text)
        certificate = try Self.certificate(invocation)
        self.log = log
        tokens = try TokenFile(path) { log.write("tokens", .error, ["message": $0]) }
        webhooks = try invocation.value(.webhooks).map { path in
            try WebhookDoor(path) { log.write("webhooks", .error, ["message": $0]) }
        }
        state = DaemonState(events: events, key: try Self.approvalKey(invocation))
    }

    /// The key that signs approvals; a daemon has nobody whom a program could ask for a passphrase.
    private static func approvalKey(_ invocation: Invocation) throws -> SigningKey? {
        guard let path = invocation.value(.approvalKey) else { return nil }
        let key = try SigningKey(path: path)
        guard key.signsAlone else {
            throw UsageError(
                message: "--approval-key \(path): it is no ed25519 key without a passphrase",
                remedy: "make one with `ssh-keygen -t ed25519 -N '' -f FILE`, which only plumb's "
                    + "user can read")
        }
        return key
    }

    private static func certificate(_ invocation: Invocation) throws -> Certificate? {
        let (certificate, key) = (invocation.value(.tlsCertificate), invocation.value(.tlsKey))
        guard let certificate, let key else {
            guard certificate == nil, key == nil else {
                throw UsageError(
                    message: "a certificate needs its key, and a key its certificate",
                    remedy: "give both, --tls-certificate and --tls-key")
            }
            return nil
        }
        return try Certificate(path: certificate, keyPath: key)
    }

    /// Shows the certificate of the files where they have changed; what is wrong with them is
    /// logged, and the one before goes on.
    func renewCertificate() {
        do {
            if try certificate?.renew() == true { log.write("certificate", .info, [:]) }
        } catch {
            log.write("certificate", .error, ["message": Failure(error).message])
        }
    }

    /// Takes in what a loop tells; after a pass that changed shards the next one comes at once, so
    /// that nobody sees them as they were before.
    func note(
        _ event: ReconcileEvent, of environment: String?, at time: Timestamp, _ line: String
    ) {
        let isBehind = state.note(event, of: environment, at: time, json: line)
        guard isBehind, let environment else { return }
        loops.withLock { $0 }?.wake(environment)
    }

    /// Listens from now on; the caller stops it.
    func open(waking loops: EnvironmentLoops, _ pulse: LoopPulse) throws -> DaemonServer {
        self.loops.withLock { $0 = loops }
        FileLimit.raise()
        let routes = Routes(
            state: state, events: events, tokens: tokens, webhooks: webhooks,
            settings: Routes.Settings(
                version: Version.current, startedAt: Timestamp(Date()),
                isAlive: { pulse.late(allowance: Self.stepSeconds).isEmpty },
                wake: { loops.wake($0) }, look: { loops.callAll() },
                tell: { [log] in Self.tell($0, log) }))
        let server = try DaemonServer(
            address, identity: certificate?.identity, routes: routes, events: events)
        certificate?.show(in: server)
        let isOpen = certificate == nil && !address.isLoopback
        var values = [
            "address": address.description, "port": "\(server.port)",
            "tls": certificate == nil ? "no" : "yes",
        ]
        if isOpen {
            values["warning"] =
                "tokens travel in clear: give a certificate, or put a proxy with one before it"
        }
        log.write("listening", isOpen ? .warning : .info, values)
        return server
    }

    private static func tell(_ request: ReportedRequest, _ log: EventLog) {
        var values = [
            "id": request.id, "method": request.method, "path": request.path,
            "status": "\(request.status)",
        ]
        values["by"] = request.name
        values["endpoint"] = request.endpoint
        log.write("request", request.level, values)
    }
}
