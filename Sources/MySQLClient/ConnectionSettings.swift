import Schema

/// How a connection is encrypted, and how far the server must prove its identity.
package struct TLSOptions: Sendable, Equatable {
    /// The modes of MySQL's `--ssl-mode`, each stricter than the one before.
    package enum Mode: String, Sendable, CaseIterable, Comparable {
        case disabled
        /// Encrypted where the server offers it; the server is not verified. Over a network, where
        /// Plumb never logs in without encryption, it is the same as `required`.
        case preferred
        /// Encrypted or refused; the server is not verified.
        case required
        /// `required`, and an authority in `caFile` must have signed the certificate.
        case verifyCA
        /// `verifyCA`, and the certificate must name the requested host.
        case verifyIdentity

        /// The mode's name in `plumb.yaml`.
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

    /// The configured mode; nil to decide by the address.
    package var mode: Mode?
    /// The least strict mode that applies, whatever is configured.
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

    /// The mode of a connection to `server`: where none is configured, a server on the network must
    /// prove its identity.
    package func mode(for server: ServerAddress) -> Mode {
        let standard: Mode = ServerTransport(server) == .network ? .verifyIdentity : .preferred
        return max(mode ?? standard, atLeast)
    }
}

/// Everything but the address that a connection needs.
package struct ConnectionSettings: Sendable, Equatable {
    package var credentials: Credentials
    package var tls: TLSOptions
    package var connectTimeoutSeconds = 10
    /// Nil to wait as long as a statement takes.
    package var readTimeoutSeconds: Int? = 60
    package var writeTimeoutSeconds: Int? = 60
    /// How long a statement waits for metadata locks and row locks; the servers' own defaults are
    /// up to a year.
    package var lockWaitTimeoutSeconds = 5
    /// A MySQL option file; its `[client]` and `[plumb]` groups fill what is not set here.
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
