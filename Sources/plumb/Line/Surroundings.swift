/// A variable of the environment that the program reads.
struct EnvironmentVariable {
    let name: String
    let meaning: String

    /// All of them, but those of tests.
    static let all = [
        EnvironmentVariable(
            name: "PLUMB_OPERATOR", meaning: "The operator's file, where --operator names none."),
        EnvironmentVariable(
            name: "PLUMB_ACTOR",
            meaning: "Who does what the ledger records; else git's user, else the login name."),
        EnvironmentVariable(
            name: "PLUMB_SOURCE_TOKEN", meaning: "The token for a schema repository over https."),
        EnvironmentVariable(
            name: "PLUMB_SOURCE_TOKEN_FILE", meaning: "The file that holds that token."),
        EnvironmentVariable(name: "PLUMB_SOURCE_USER", meaning: "The user name beside the token."),
        EnvironmentVariable(
            name: "PLUMB_SOURCE_CA_FILE",
            meaning: "Certificates of authorities that a repository's server may prove itself by."),
        EnvironmentVariable(
            name: "PLUMB_SSH_KEY_FILE", meaning: "The key for a schema repository over ssh."),
        EnvironmentVariable(
            name: "PLUMB_SSH_KEY_PASSPHRASE", meaning: "The passphrase of that key."),
        EnvironmentVariable(
            name: "PLUMB_SSH_KNOWN_HOSTS", meaning: "The known_hosts file for ssh."),
        EnvironmentVariable(
            name: "PLUMB_SERVER", meaning: "The daemon to ask, where --server names none."),
        EnvironmentVariable(name: "PLUMB_TOKEN", meaning: "The token for that daemon."),
        EnvironmentVariable(name: "PLUMB_TOKEN_FILE", meaning: "The file that holds that token."),
        EnvironmentVariable(
            name: "PLUMB_SERVER_CA_FILE",
            meaning: "Certificates of authorities that a daemon may prove itself by."),
        EnvironmentVariable(
            name: "NO_COLOR", meaning: "Where it is not empty there is no colour."),
    ]
}

/// A file that the program reads or keeps.
struct ProgramFile {
    let path: String
    let meaning: String

    static let all = [
        ProgramFile(
            path: "plumb.yaml", meaning: "The fleet: shards, policy, and where the ledger is."),
        ProgramFile(
            path: ".plumb/ledger.git", meaning: "The ledger, unless plumb.yaml names another place."
        ),
        ProgramFile(
            path: "/etc/plumb/operator.yaml",
            meaning: "The operator's file, which limits what plumb.yaml may decide."),
    ]
}
