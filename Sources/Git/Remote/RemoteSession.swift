import Basics
import CGit2
import Foundation

/// One connection to a server: answers libgit2's callbacks and notes which references moved.
final class RemoteSession {
    private let source: SourceAddress
    private let credentials: SourceCredentials
    private var attempts = 0
    private var secrets: [String] = []
    private var failure: GitError?

    /// The references that moved, with the ids before and after.
    private(set) var moved: [(reference: String, old: ObjectID, new: ObjectID)] = []

    init(source: SourceAddress, credentials: SourceCredentials) {
        self.source = source
        self.credentials = credentials
    }

    /// Callbacks that call this session, which must outlive them.
    func callbacks() -> git_remote_callbacks {
        var callbacks = git_remote_callbacks()
        git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION))
        callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
        callbacks.credentials = { out, url, user, allowed, payload in
            RemoteSession.from(payload)?.authenticate(
                out, url: url.map { String(cString: $0) } ?? "",
                user: user.map { String(cString: $0) }, allowed: allowed) ?? GIT_EUSER.rawValue
        }
        callbacks.certificate_check = { certificate, valid, host, payload in
            RemoteSession.from(payload)?.judge(
                certificate, valid: valid == 1, host: host.map { String(cString: $0) } ?? "")
                ?? GIT_EUSER.rawValue
        }
        callbacks.update_tips = { name, old, new, payload in
            guard let name, let old, let new else { return 0 }
            RemoteSession.from(payload)?.moved.append(
                (String(cString: name), ObjectID(old.pointee), ObjectID(new.pointee)))
            return 0
        }
        return callbacks
    }

    /// The error to report for `error`: the session's own refusal, if there was one; without
    /// secrets.
    func explain(_ error: GitError) -> GitError {
        let shown = failure ?? GitError(code(of: error), error.fault, remedy: error.remedy)
        return GitError(
            shown.code, withoutSecrets(shown.fault), remedy: shown.remedy.map(withoutSecrets))
    }

    private func withoutSecrets(_ text: String) -> String {
        secrets.reduce(text) { $0.replacingOccurrences(of: $1, with: "***") }
    }

    /// libgit2 has no code of its own for a failed connection, or for a login that ssh refused.
    private func code(of error: GitError) -> GitError.Code {
        guard source.transport != .local else { return error.code }
        switch error.code {
        case .network, .other:
            let refused = error.message.lowercased().contains("failed to authenticate")
            return attempts > 0 && refused ? .authentication : .network
        case .notFound, .unborn, .empty, .locked, .modified, .certificate, .authentication,
            .corrupt, .diskFull, .exists, .invalid, .unreadable:
            return error.code
        }
    }

    /// The session that `callbacks` passed to libgit2.
    private static func from(_ payload: UnsafeMutableRawPointer?) -> RemoteSession? {
        payload.map { Unmanaged<RemoteSession>.fromOpaque($0).takeUnretainedValue() }
    }

    private func refuse(_ error: GitError) -> Int32 {
        failure = error
        return GIT_EUSER.rawValue
    }
}

// MARK: - Authentication of the user

extension RemoteSession {
    private func authenticate(
        _ out: CredentialSlot?, url: String, user: String?, allowed: UInt32
    ) -> Int32 {
        if allowed & GIT_CREDENTIAL_USERNAME.rawValue != 0, source.transport == .ssh {
            return git_credential_username_new(out, user ?? "git")
        }
        // libgit2 asks for ever, so the attempts are counted.
        attempts += 1
        guard attempts == 1 else {
            let isElsewhere = source.transport == .https && Origin(url) != Origin(source.url)
            return refuse(isElsewhere ? redirected : refused)
        }
        do throws(GitError) {
            switch source.transport {
            case .https: return try answerWithToken(out, url: url)
            case .ssh: return try answerWithKey(out, user: user ?? "git", allowed: allowed)
            case .local:
                throw GitError(.authentication, "\(source): a local repository asked who we are")
            }
        } catch {
            return refuse(error)
        }
    }

    private var redirected: GitError {
        GitError(
            .authentication,
            "\(source): redirected to another server, which does not get the token",
            remedy: "configure the new address")
    }

    private var refused: GitError {
        switch source.transport {
        case .local, .https:
            GitError(
                .authentication,
                "\(source): the server refused the token in "
                    + "\(credentials.token.map(\.description) ?? "no place")",
                remedy: "check that it is valid and may read this repository")
        case .ssh:
            GitError(
                .authentication,
                "\(source): the server refused \(keyName)",
                remedy: "check that the key is allowed to "
                    + "read this repository (ed25519 or ECDSA)")
        }
    }

    private var keyName: String {
        switch credentials.key {
        case .agent: "every key of the ssh agent"
        case .file(let path, _): "the key in \(path)"
        }
    }

    private func answerWithToken(
        _ out: CredentialSlot?, url: String
    ) throws(GitError) -> Int32 {
        guard let token = credentials.token else {
            throw GitError(
                .authentication, "\(source): the server wants a token, and none is configured")
        }
        // The token must not be sent to the server of a redirect.
        guard let asking = Origin(url), asking == Origin(source.url) else {
            throw redirected
        }
        let secret = try token.reveal()
        secrets.append(secret)
        return git_credential_userpass_plaintext_new(out, credentials.tokenUser, secret)
    }

    private func answerWithKey(
        _ out: CredentialSlot?, user: String, allowed: UInt32
    ) throws(GitError) -> Int32 {
        guard allowed & GIT_CREDENTIAL_SSH_KEY.rawValue != 0 else {
            throw GitError(.authentication, "\(source): the server takes no public keys")
        }
        switch credentials.key {
        case .agent: return git_credential_ssh_key_from_agent(out, user)
        case .file(let path, let passphrase):
            guard FileManager.default.isReadableFile(atPath: path) else {
                throw GitError(
                    .authentication, "\(source): cannot read the key \(path)",
                    remedy: "check the path")
            }
            let secret = try passphrase?.reveal()
            if let secret { secrets.append(secret) }
            return git_credential_ssh_key_new(out, user, nil, path, secret)
        }
    }
}

// MARK: - Authentication of the server

extension RemoteSession {
    /// The callback's answer: 0 accepts the server, a negative number refuses it.
    private func judge(
        _ certificate: UnsafeMutablePointer<git_cert>?, valid: Bool, host: String
    ) -> Int32 {
        switch source.transport {
        case .local, .https:
            guard !valid else { return 0 }
            return refuse(
                GitError(
                    .certificate,
                    "\(source): the certificate of \(host) is not trusted",
                    remedy: "configure the certificate authority that signed it"))
        case .ssh:
            let key = Self.hostKey(certificate) ?? []
            guard let file = credentials.knownHostsFile else {
                // libgit2 has compared it with the user's own known_hosts.
                return valid
                    ? 0 : refuse(unknownHost(host, key: key, file: "~/.ssh/known_hosts"))
            }
            do throws(GitError) {
                let known = try KnownHosts(file: file)
                guard known.contains(host: host, port: port, key: key) else {
                    throw unknownHost(host, key: key, file: file)
                }
                return 0
            } catch {
                return refuse(error)
            }
        }
    }

    /// The error for an unlisted key: libssh2 picks one of the server's keys, maybe another type.
    private func unknownHost(_ host: String, key: [UInt8], file: String) -> GitError {
        let type = KnownHosts.type(of: key)
        return GitError(
            .certificate,
            "\(source): the \(type) key of \(host) is not in \(file)",
            remedy: "compare it with what the "
                + "server's owner publishes and add it (ssh-keyscan prints all keys)")
    }

    private var port: Int {
        guard source.url.contains("://") else { return 22 }
        return URL(string: source.url)?.port ?? 22
    }

    private static func hostKey(_ certificate: UnsafeMutablePointer<git_cert>?) -> [UInt8]? {
        guard let certificate, certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else {
            return nil
        }
        return UnsafeRawPointer(certificate).withMemoryRebound(
            to: git_cert_hostkey.self, capacity: 1
        ) { key in
            guard key.pointee.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0,
                let start = key.pointee.hostkey
            else { return nil }
            return Array(UnsafeRawBufferPointer(start: start, count: key.pointee.hostkey_len))
        }
    }
}

/// The scheme, host and port of an https server.
private struct Origin: Equatable {
    let host: String
    let port: Int

    init?(_ text: String) {
        guard let url = URL(string: text), url.scheme?.lowercased() == "https",
            let host = url.host, !host.isEmpty
        else { return nil }
        self.host = host.lowercased()
        port = url.port ?? 443
    }
}

/// Where libgit2 expects the credential that it asked for.
private typealias CredentialSlot = UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>
