import CMySQL
import Foundation

/// The MySQL client library as a whole: initialised once for the process.
enum ClientLibrary {
    /// Why the library cannot be used; nil where it can.
    static let fault: String? = {
        // The library would load the plug-ins that the variable names while it is initialised.
        let preloaded = "LIBMYSQL_PLUGINS"
        if ProcessInfo.processInfo.environment[preloaded] != nil {
            return "the environment variable \(preloaded) makes the MySQL client library run other "
                + "code: unset it"
        }
        guard mysql_server_init(0, nil, nil) == 0 else {
            return "the MySQL client library cannot be initialised"
        }
        guard LoginGuard.register() else {
            return "the MySQL client library accepts no login plug-in: Plumb could not "
                + "control what it sends"
        }
        loadPlugins()
        return nil
    }()

    /// Loads what logins may need while no other thread logs in: of two threads whose first logins
    /// come at the same time, the library refuses one, as its plug-in "is already loaded".
    private static func loadPlugins() {
        guard let handle = mysql_init(nil) else { return }
        defer { mysql_close(handle) }
        mysql_options(handle, MYSQL_PLUGIN_DIR, pluginFolder)
        // One that is missing is the trouble of the login that needs it.
        for name in LoginPolicy.allPlugins { _ = plumb_load_login(handle, name) }
    }

    /// The folder of plug-ins for which the library was built, regardless of `MARIADB_PLUGIN_DIR`.
    static let pluginFolder = MARIADB_PLUGINDIR

    /// Whether it can verify the authority without the host's name; newer releases verify neither.
    static var verifiesAuthorityAlone: Bool { mysql_get_client_version() < 3_04_00 }
}
