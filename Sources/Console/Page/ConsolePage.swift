import Views

/// The console: a page of a few files, which the program has inside.
enum ConsolePage {
    /// The file at a path; nil where there is none.
    ///
    /// - Parameter path: the segments, each decoded already.
    static func file(at path: [String]) -> PageFile? {
        switch path.count {
        case 0: return page
        case 1: return path[0] == "favicon.svg" ? icon : nil
        case 2: return path[0] == "console" ? files[path[1]] : nil
        default: return nil
        }
    }

    /// All of them, by their names in the folder.
    static var all: [String: PageFile] {
        files.merging(["console.html": page, "favicon.svg": icon]) { first, _ in first }
    }

    private static let page = PageFile(PackageResources.console_html, .page)
    private static let icon = PageFile(PackageResources.favicon_svg, .picture)
    private static let files = [
        "plumb.css": PageFile(StyleSheet.bytes, .style),
        "console.css": PageFile(PackageResources.console_css, .style),
        "actions.js": PageFile(PackageResources.actions_js, .script),
        "api.js": PageFile(PackageResources.api_js, .script),
        "approvals.js": PageFile(PackageResources.approvals_js, .script),
        "audit.js": PageFile(PackageResources.audit_js, .script),
        "dialog.js": PageFile(PackageResources.dialog_js, .script),
        "dom.js": PageFile(PackageResources.dom_js, .script),
        "drift.js": PageFile(PackageResources.drift_js, .script),
        "fleet.js": PageFile(PackageResources.fleet_js, .script),
        "main.js": PageFile(PackageResources.main_js, .script),
        "now.js": PageFile(PackageResources.now_js, .script),
        "plan.js": PageFile(PackageResources.plan_js, .script),
        "problems.js": PageFile(PackageResources.problems_js, .script),
        "rollouts.js": PageFile(PackageResources.rollouts_js, .script),
        "states.js": PageFile(PackageResources.states_js, .script),
        "store.js": PageFile(PackageResources.store_js, .script),
        "stream.js": PageFile(PackageResources.stream_js, .script),
    ]
}
