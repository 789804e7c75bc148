import Basics
import Desired
import Schema

/// What `plumb import` reads, and where it writes.
package struct ImportRequest: Sendable {
    /// How the server is reached. What of it is written into `plumb.yaml` contains no password.
    package struct Connection: Sendable, Hashable {
        /// How the connection logs in.
        package enum Credentials: Sendable, Hashable {
            case optionFile(String)
            case user(String, password: Password)
        }

        /// Where the password comes from.
        package enum Password: Sendable, Hashable {
            case none
            /// The name of an environment variable that has it.
            case environment(String)
            /// The path of a file with the password as its first line.
            case file(String)
        }

        package var credentials: Credentials
        /// Nil for encryption where the server offers it.
        package var tls: TLS.Mode?
        /// The path of the certificate authority's file.
        package var authorityFile: String?

        package init(
            credentials: Credentials, tls: TLS.Mode? = nil, authorityFile: String? = nil
        ) {
            self.credentials = credentials
            self.tls = tls
            self.authorityFile = authorityFile
        }
    }

    package var server: ServerAddress
    /// Names of databases; one that is no database's name is a `LIKE` pattern.
    package var databases: [String]
    package var connection: Connection
    /// The name of the environment in the written `plumb.yaml`.
    package var environment: String
    /// The `manage` setting of the namespaces besides tables, which are always managed: objects of
    /// these kinds are written too.
    package var manage: Set<ManagedKind>
    /// The namespace's name, where there is only one; nil to derive it from the databases' names.
    package var namespace: String?
    /// The folder that becomes the schema repository; it must not have any of the files yet.
    package var folder: String
    /// The folder in which the command runs: relative paths are relative to it.
    package var workingFolder: String

    package init(
        server: ServerAddress, databases: [String], connection: Connection,
        environment: String = "production", manage: Set<ManagedKind> = [.tables],
        namespace: String? = nil, folder: String, workingFolder: String
    ) {
        self.server = server
        self.databases = databases
        self.connection = connection
        self.environment = environment
        self.manage = manage
        self.namespace = namespace
        self.folder = folder
        self.workingFolder = workingFolder
    }
}

extension ImportRequest {
    /// The kinds of objects that are written besides tables.
    var objects: Set<ObjectName.Kind> { manage.reduce(into: []) { $0.formUnion($1.objects) } }
}

/// Why nothing was imported, and nothing written.
package struct ImportError: RemediedError {
    /// The kinds of failure.
    package enum Code: String, Sendable {
        /// No visible database has the name or matches the pattern.
        case noDatabase
        /// The databases cannot be read, or have no tables.
        case nothingToImport
        /// A file or folder to be written exists already.
        case exists
        /// A name that `plumb.yaml` does not allow.
        case invalidName
        /// The folder cannot be written.
        case unwritable
        /// The files would not be a valid schema repository.
        case invalidResult
    }

    package let code: Code
    /// What failed, and on what.
    package let fault: String
    package let remedy: String?
    /// The error behind it; nil where there is none.
    package let cause: (any Error)?

    package init(
        _ code: Code, _ fault: String, remedy: String? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.fault = fault
        self.remedy = remedy
        self.cause = cause
    }
}
