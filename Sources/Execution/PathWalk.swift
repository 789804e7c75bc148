import Foundation

/// The folders and links that the system passes on its way to a file. Who may write to one of
/// them may put another file in the file's place.
package enum PathWalk {
    /// A folder in which a name is looked up, or a symbolic link that is followed.
    package struct Step: Hashable, Sendable {
        /// An absolute path whose folders are not links.
        package let path: String
        package let isLink: Bool
    }

    /// The most links that are followed; Linux itself gives up after 40 (`ELOOP`).
    private static let mostLinks = 40

    /// The steps to `path`, each once, up to the first component that does not exist.
    package static func steps(to path: String) -> [Step] {
        let whole =
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var steps: [Step] = []
        var rest = components(whole)
        var folder = "/"
        var links = 0
        while !rest.isEmpty {
            let name = rest.removeFirst()
            if name == ".." {
                folder = (folder as NSString).deletingLastPathComponent
                continue
            }
            add(Step(path: folder, isLink: false), to: &steps)
            let next = folder == "/" ? "/" + name : folder + "/" + name
            // What cannot be looked at is no link for us: whoever opens the path is told.
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: next)
            else {
                folder = next
                continue
            }
            links += 1
            guard links <= mostLinks else { return steps }
            add(Step(path: next, isLink: true), to: &steps)
            if target.hasPrefix("/") { folder = "/" }
            rest = components(target) + rest
        }
        return steps
    }

    private static func components(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init).filter { $0 != "." }
    }

    private static func add(_ step: Step, to steps: inout [Step]) {
        if !steps.contains(step) { steps.append(step) }
    }
}
