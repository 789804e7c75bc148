import Basics
import Desired
import Observed
import Schema

/// What `plumb import` is asked to read, and where to.
package struct ImportRequest: Sendable {
    /// How the server is reached; what of it goes into `plumb.yaml` holds no password.
    package struct Connection: Sendable, Hashable {
        package enum Credentials: Sendable, Hashable {
            case optionFile(String)
            case user(String, password: Password)
        }

        package enum Password: Sendable, Hashable {
            case none
            /// The name of an environment variable.
            case environment(String)
            /// The path of a file whose first line it is.
            case file(String)
        }

        package var credentials: Credentials
        /// Nil: encrypted where the server offers it.
        package var tls: TLS.Mode?
        /// The path of the authority's certificate.
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
    /// Names of databases; one that names none is a `LIKE` pattern.
    package var databases: [String]
    package var connection: Connection
    package var environment: String
    /// What `manage` of the namespaces will say, tables aside, which are always managed: objects of
    /// these kinds are written too.
    package var manage: Set<ManagedKind>
    /// The namespace's name, where one is found; nil takes it from the databases' names.
    package var namespace: String?
    /// The folder that becomes the schema repository, or has nothing of what is written yet.
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
    /// The kinds of objects that are written beside tables.
    var objects: Set<ObjectName.Kind> { manage.reduce(into: []) { $0.formUnion($1.objects) } }
}

/// Why nothing was imported; nothing was written either.
package struct ImportError: RemediedError {
    package enum Code: String, Sendable {
        /// No database of the name, or like the pattern, can be seen.
        case noDatabase
        /// The databases cannot be read, or have no tables.
        case nothingToImport
        /// A file or folder that would be written is there already.
        case exists
        /// A name that `plumb.yaml` cannot have.
        case invalidName
        /// The folder cannot be written.
        case unwritable
        /// What was written is no valid schema repository.
        case invalidResult
    }

    package let code: Code
    /// What failed, on what.
    package let fault: String
    package let remedy: String?
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
