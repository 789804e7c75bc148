import Desired
import Git
import Model
import Schema
import Views

/// `plumb fmt`.
enum FmtCommand {
    static let command = Command(
        name: "fmt", summary: "write schema files in one form; needs no server",
        arguments: "[path…]", argumentValues: .file,
        details: """
            Rewrites every CREATE TABLE in the .sql files below the given paths (default: the
            schema and overlay folders of plumb.yaml): one definition per line, keywords in
            capitals, comments kept. Other statements stay as they are. With --check nothing is
            written, and exit 2 says that a file would change.
            """,
        options: [.check, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let folders = invocation.arguments.isEmpty ? try folders(of: invocation) : []
        let paths = invocation.arguments.isEmpty ? folders.map(\.path) : invocation.arguments
        let files = try FileFormatting.files(at: paths)
        var changed = 0
        var failed = 0
        for file in files {
            do {
                let quoting = folders.first { file.hasPrefix($0.path + "/") }?.quoting ?? .usual
                guard let change = try FileFormatting.change(to: file, quoting: quoting) else {
                    continue
                }
                changed += 1
                if invocation.has(.check) {
                    let diff = LineDiff.text(change.old, change.new, style: invocation.style)
                    invocation.terminal.answer("\(Visible.line(change.path))\n\(diff)")
                } else {
                    try FileFormatting.write(change)
                    invocation.terminal.answer("\(Visible.line(change.path))\n")
                }
            } catch {
                // A fault in one file does not stop the others.
                failed += 1
                invocation.terminal.log(text(of: error, invocation.style))
            }
        }
        let status = status(changed: changed, failed: failed, isCheck: invocation.has(.check))
        let verb = invocation.has(.check) ? "would change" : "changed"
        invocation.terminal.answer(
            Count.of(changed, of: files.count, "file") + " \(verb)"
                + (failed > 0 ? ", \(failed) failed" : "") + "  exit \(status.rawValue)\n")
        return status
    }

    /// The schema folders of plumb.yaml, relative to the current folder, and how their files are
    /// read.
    private static func folders(
        of invocation: Invocation
    ) throws -> [(path: String, quoting: Dialect.Quoting)] {
        let current = invocation.folder
        // Files as they lie need no repository: without one the folder is all that is read.
        var root = (try? Repository.discover(from: current))?.workFolder ?? current
        while root.count > 1, root.hasSuffix("/") { root.removeLast() }
        let fleet = try SchemaRepository.fleet(WorkingTree(folder: root))
        let prefix = root == current ? "" : root + "/"
        var seen: Set<String> = []
        let folders = fleet.namespaces.flatMap { namespace in
            ([namespace.schema] + namespace.overlays.map(\.path)).map {
                ($0.value, Dialect.Quoting(sqlMode: namespace.sqlMode?.value ?? ""))
            }
        }.filter { seen.insert($0.0).inserted }
        let tree = WorkingTree(folder: root)
        for (folder, _) in folders { try refuseLink(on: folder, tree) }
        return folders.map { (prefix + $0.0, $0.1) }
    }

    /// A committed symbolic link could point to files outside the repository.
    private static func refuseLink(on folder: String, _ tree: WorkingTree) throws(GitError) {
        do throws(GitError) {
            _ = try tree.entries(of: folder)
        } catch {
            // What is missing or cannot be read is told where its files are looked for.
            if error.code == .invalid { throw error }
        }
    }

    private static func text(of error: any Error, _ style: Style) -> String {
        guard let error = error as? SchemaError else {
            return ErrorText.text(String(describing: error), style: style)
        }
        return ErrorText.text(
            error.message, location: error.location,
            excerpt: ErrorText.Excerpt(line: error.sourceLine, length: error.length),
            remedy: error.remedy, style: style)
    }

    private static func status(changed: Int, failed: Int, isCheck: Bool) -> ExitStatus {
        var outcomes: [Outcome] = []
        if failed > 0 { outcomes.append(.error) }
        if isCheck, changed > 0 { outcomes.append(.unformatted) }
        return ExitStatus(outcomes)
    }
}
