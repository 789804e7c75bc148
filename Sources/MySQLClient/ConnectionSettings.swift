import Schema

/// How a connection is encrypted, and how far the server has to prove who it is.
package struct TLSOptions: Sendable, Equatable {
    /// In the words of MySQL's `--ssl-mode`, each stricter than the one before.
    package enum Mode: String, Sendable, CaseIterable, Comparable {
        case disabled
        /// Encrypted where the server offers it; the server proves nothing. Over a network, where
        /// no login goes unencrypted, it is `required`.
        case preferred
        /// Encrypted or refused; the server proves nothing.
        case required
        /// As `required`, and the certificate is signed by an authority in `caFile`.
        case verifyCA
        /// As `verifyCA`, and the certificate names the host that was asked for.
        case verifyIdentity

        /// As `plumb.yaml` writes it.
        package var word: String {
            switch self {
            case .disabled, .preferred, .required: rawValue
            case .verifyCA: "verify-ca"
            case .verifyIdentity: "verify-identity"
            }
        }

        package static func < (left: Mode, right: Mode) -> Bool {
            left.strictness < right.strictness
        }

        private var strictness: Int {
            switch self {
            case .disabled: 0
            case .preferred: 1
            case .required: 2
            case .verifyCA: 3
            case .verifyIdentity: 4
            }
        }
    }

    /// What was said; nil lets the address decide.
    package var mode: Mode?
    /// The mode is at least this one, whatever was said.
    package var atLeast = Mode.disabled
    /// Paths of PEM files. Without `caFile` the system's authorities are trusted.
    package var caFile: String?
    package var certificateFile: String?
    package var keyFile: String?

    package init(
        mode: Mode? = nil, caFile: String? = nil, certificateFile: String? = nil,
        keyFile: String? = nil
    ) {
        self.mode = mode
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }

    /// The mode of a connection to `server`: where nothing was said, a server on the network has
    /// to prove who it is.
    package func mode(for server: ServerAddress) -> Mode {
        let standard: Mode = Reach(server) == .network ? .verifyIdentity : .preferred
        return max(mode ?? standard, atLeast)
    }
}

/// Everything but the address that decides how a connection is made.
package struct ConnectionSettings: Sendable, Equatable {
    package var credentials: Credentials
    package var tls: TLSOptions
    package var connectTimeoutSeconds = 10
    /// nil: wait as long as the statement takes.
    package var readTimeoutSeconds: Int? = 60
    package var writeTimeoutSeconds: Int? = 60
    /// How long a statement waits for metadata and row locks; the servers' own default is a day.
    package var lockWaitTimeoutSeconds = 5
    /// A MySQL option file; what it says in `[client]` and `[plumb]` fills what is not set here.
    package var optionFile: String?

    package init(
        credentials: Credentials = Credentials(user: ""), tls: TLSOptions = TLSOptions(),
        optionFile: String? = nil
    ) {
        self.credentials = credentials
        self.tls = tls
        self.optionFile = optionFile
    }
}
