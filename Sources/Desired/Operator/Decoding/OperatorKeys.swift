import Model
import Diff

/// The keys of the operator's file; a connection has the keys of `plumb.yaml`.
enum OperatorKey: String, FleetKey {
    static let title = "operator"
    static let what = "the operator's file"
    static let required: Set<OperatorKey> = [.version, .hosts, .environments, .approvals]
    case version, hosts, environments, follow, ledger, workspace, require, approvals, limits
    case finalizers, health, allow, notifications
    case finalizerCalls = "finalizer_calls"
    case signLedger = "sign_ledger"
}

enum HostAccountsKey: String, FleetKey {
    static let title = "hostAccounts"
    static let what = "an entry of an environment"
    static let required: Set<HostAccountsKey> = [.connection]
    case hosts, connection
}

enum OperatorLedgerKey: String, FleetKey {
    static let title = "operatorLedger"
    static let what = "`ledger`"
    static let required: Set<OperatorLedgerKey> = [.location]
    case location, connection
}

enum CallConsentKey: String, FleetKey {
    static let title = "finalizerCalls"
    static let what = "an entry of `finalizer_calls`"
    static let required: Set<CallConsentKey> = [.hosts, .procedures]
    case hosts, procedures
}

enum RequireKey: String, FleetKey {
    static let title = "require"
    static let what = "`require`"
    case tls, approve, approvers, drift, windows, limits
}

enum ApprovalRulesKey: String, FleetKey {
    static let title = "approvals"
    static let what = "`approvals`"
    static let required: Set<ApprovalRulesKey> = [.identity]
    case identity
    case allowedSigners = "allowed_signers"
    case openPGP = "openpgp"
    case daemons, tokens, authors, folding
}

enum OpenPGPKey: String, FleetKey {
    static let title = "openPGP"
    static let what = "`openpgp`"
    static let required: Set<OpenPGPKey> = [.signers, .keys]
    case signers, keys
}

enum FoldingKey: String, FleetKey {
    static let title = "folding"
    static let what = "`folding`"
    case tags
}

enum NotificationKey: String, FleetKey {
    static let title = "notification"
    static let what = "an entry of `notifications`"
    static let required: Set<NotificationKey> = [.name]
    case name, url
    case urlEnvironment = "url_env"
    case urlFile = "url_file"
    case secretEnvironment = "secret_env"
    case secretFile = "secret_file"
    case events, environments, template
    case authority = "ca"
}

enum OperatorLimitsKey: String, FleetKey {
    static let title = "operatorLimits"
    static let what = "`limits`"
    case approval
}

/// Every mapping and choice of the operator's file, for the test that checks its JSON Schema.
enum OperatorFormat {
    static let keys: [any FleetKey.Type] = [
        OperatorKey.self, HostAccountsKey.self, CallConsentKey.self, RequireKey.self,
        ApprovalRulesKey.self,
        OpenPGPKey.self, FoldingKey.self, OperatorLimitsKey.self, ConnectionKey.self,
        AccountKey.self, TLSKey.self, NotificationKey.self,
        OperatorLedgerKey.self, LedgerConnectionKey.self,
        WorkspaceKey.self, ApproversKey.self, WindowKey.self, LimitsKey.self,
    ]

    static let choices: [any FleetChoice.Type] = [
        TLS.Mode.self, Hazard.self, DriftPolicy.self, ApprovalRules.Identity.self,
        ApprovalRules.Authors.self, OperatorPermission.self, NotificationTarget.Event.self,
        NotificationTarget.Template.self,
    ]

    static let versions = [1]
}
