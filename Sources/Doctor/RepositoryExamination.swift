import Basics
import Desired
import Foundation
import Git
import Model
import Reconciler
import Schema

/// Checks that the schema repository can be read and that its fleet file is valid.
struct RepositoryExamination {
    private(set) var source: FetchedSource?
    private(set) var fleet: Fleet?
    private(set) var environment: Desired.Environment?
    /// Where files with secrets may be.
    private(set) var places: SecretPlaces?
    private(set) var checks: [DoctorReport.Check] = []

    init(request: PassRequest, now: Timestamp) {
        let subject = Self.subject(request.source.location)
        let source: FetchedSource
        do {
            try TrustedSource.checkOperator(request)
            let baseOnly = try TrustedSource.baseOnly(
                request, fetched: FetchStage(request: request.source).run())
            source = baseOnly.source
            places = baseOnly.places
        } catch {
            let known = error as? any RemediedError
            add(
                .git, subject, .failed, known?.fault ?? "\(error)",
                known?.remedy ?? Self.remedy(request.source.location))
            add(
                .repository, Fleet.fileName, .unknown,
                "not looked at: the schema repository cannot be read",
                "make the source readable first")
            return
        }
        self.source = source
        examine(source, subject, now)
        if let notice = request.approvals.notice {
            add(.repository, "approvals", .ok, notice.message)
        }
        let diagnostics = SchemaRepository.validate(
            source.tree, pinned: { try source.pinned($0) }, inAnyMode: true)
        for diagnostic in diagnostics {
            let place = diagnostic.location?.description ?? Fleet.fileName
            add(
                .repository, place, diagnostic.severity == .error ? .failed : .warning,
                "\(diagnostic.message) [\(diagnostic.code.rawValue)]", diagnostic.remedy)
        }
        do {
            let written = try SchemaRepository.fleet(source.tree)
            guard let fleet = limited(written, request) else { return }
            self.fleet = fleet
            if !diagnostics.contains(where: { $0.severity == .error }) {
                add(
                    .repository, Fleet.fileName, .ok,
                    "valid, with \(Count.of(fleet.namespaces.count, "namespace")) and "
                        + Count.of(fleet.environments.count, "environment"))
            }
            environment = try fleet.selectEnvironment(request.scope.environment)
        } catch {
            // The fault of the file itself was reported above.
            guard fleet != nil else {
                add(
                    .server, subject, .unknown,
                    "no server was checked, as none is known",
                    "correct \(Fleet.fileName)")
                return
            }
            add(.repository, Fleet.fileName, .failed, "\(error)", nil)
        }
    }

    /// The fleet within the limits of the operator's file; nil, with a failed check, where it
    /// breaks them.
    private mutating func limited(_ fleet: Fleet, _ request: PassRequest) -> Fleet? {
        do {
            return try TrustedSource.limited(fleet, request)
        } catch {
            add(.operator, Fleet.fileName, .failed, "\(error)")
            return nil
        }
    }

    private mutating func examine(_ source: FetchedSource, _ subject: String, _ now: Timestamp) {
        if let commit = source.commit {
            let age = Self.age(now.secondsSince1970 - Timestamp(commit.time).secondsSince1970)
            add(.git, subject, .ok, "\(source.label), written \(age) by \(commit.authorName)")
        } else {
            add(.git, subject, .ok, "read as the files lie in \(source.tree.describes)")
        }
        if let stale = source.stale {
            add(.git, subject, .warning, "not up to date: \(stale)", "make the source reachable")
        }
        for notice in source.notices { add(.git, subject, .warning, notice.message, nil) }
    }

    private mutating func add(
        _ area: DoctorReport.Check.Area, _ subject: String, _ status: DoctorReport.Check.Status,
        _ message: String, _ remedy: String? = nil
    ) {
        checks.append(DoctorReport.Check(area, subject, status, message, remedy: remedy))
    }

    private static func subject(_ location: SourceRequest.Location) -> String {
        switch location {
        case .repository(let folder), .workingTree(let folder): folder
        // An address may contain a password; the parsed one is printed without it.
        case .mirror(let url, _): (try? SourceAddress(url))?.description ?? "source"
        }
    }

    private static func remedy(_ location: SourceRequest.Location) -> String {
        switch location {
        case .repository, .workingTree:
            "run in the schema repository, or name it with `--source`"
        case .mirror: "check the address, the network and the credentials"
        }
    }

    /// The age in the largest unit that fits, such as `3 days ago`.
    private static func age(_ seconds: Int64) -> String {
        let units: [(Int64, String)] = [(86_400, "day"), (3_600, "hour"), (60, "minute")]
        for (size, name) in units where seconds >= size {
            return Count.of(seconds / size, name) + " ago"
        }
        return seconds < 0 ? "in the future" : "just now"
    }
}

/// Checks that the secrets are at their configured places and that no other user can read them.
struct SecretsExamination {
    private(set) var checks: [DoctorReport.Check] = []

    init(connection: ConnectionConfiguration, places: SecretPlaces) {
        for (_, credentials) in connection.accounts {
            switch credentials {
            case .optionFile(let path): examine("option file", path, places)
            case .user(let user, let password):
                switch password {
                case .none:
                    checks.append(.init(.secrets, user, .ok, "logs in without a password"))
                case .environment(let name): examine(variable: name)
                case .file(let path): examine("password file", path, places)
                }
            }
        }
        if let key = connection.tls.key { examine("TLS key", key, places) }
    }

    private mutating func examine(_ what: String, _ path: LocalPath, _ places: SecretPlaces) {
        do throws(ConfigurationError) {
            let resolved = try places.resolve(path, what)
            // A missing password file is reported when the connection is made.
            if what == "password file", access(resolved, F_OK) != 0 { return }
            examine(what, resolved)
        } catch {
            checks.append(
                .init(.secrets, path.written, .failed, error.fault, remedy: error.remedy))
        }
    }

    private mutating func examine(variable name: String) {
        let value = ProcessInfo.processInfo.environment[name]
        guard let value else {
            // An unset variable is reported when the connection is made.
            return
        }
        checks.append(
            .init(
                .secrets, name, value.isEmpty ? .warning : .ok,
                value.isEmpty ? "the environment variable is empty" : "is set",
                remedy: value.isEmpty ? "set it, or remove `password_env`" : nil))
    }

    private mutating func examine(_ what: String, _ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let reason = String(cString: strerror(errno))
            checks.append(
                .init(
                    .secrets, path, .failed, "the \(what) cannot be read: \(reason)",
                    remedy: "correct the path or the rights on its folder"))
            return
        }
        guard access(path, R_OK) == 0 else {
            checks.append(
                .init(
                    .secrets, path, .failed, "the \(what) cannot be read by this user",
                    remedy: "let the user who runs plumb read it"))
            return
        }
        let mode = status.st_mode & 0o7777
        guard mode & 0o007 == 0 else {
            checks.append(
                .init(
                    .secrets, path, .warning,
                    "every user of this machine has rights on the \(what) "
                        + "(mode 0\(String(mode, radix: 8)))",
                    remedy: "chmod o-rwx \(path)"))
            return
        }
        checks.append(
            .init(
                .secrets, path, .ok, "the \(what) is readable, mode 0\(String(mode, radix: 8))"))
    }
}
