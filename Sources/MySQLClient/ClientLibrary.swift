import CMySQL
import Foundation

/// The client library as a whole: made ready once for the process.
enum ClientLibrary {
    /// Why it cannot be used; nil when it can.
    static let fault: String? = {
        // The library would load what the variable names before anything is asked of it.
        let preloaded = "LIBMYSQL_PLUGINS"
        if ProcessInfo.processInfo.environment[preloaded] != nil {
            return "the environment variable \(preloaded) makes the MySQL client library run other "
                + "code: unset it"
        }
        guard mysql_server_init(0, nil, nil) == 0 else {
            return "the MySQL client library cannot be initialised"
        }
        guard LoginGuard.register() else {
            return "the MySQL client library takes no login plug-in: Plumb would have no hold of "
                + "what it sends"
        }
        return nil
    }()

    /// Where plug-ins lie: as the library was built, whatever `MARIADB_PLUGIN_DIR` says.
    static let pluginFolder = MARIADB_PLUGINDIR

    /// Whether it verifies an authority without the host's name: later ones then verify neither.
    static var verifiesAuthorityAlone: Bool { mysql_get_client_version() < 3_04_00 }
}
