import Git
import Schema

/// Reads every `.sql` file below a folder.
struct SourceFolderReader {
    let tree: any SourceTree
    /// The prefix of paths in places: empty or `ref:`.
    let prefix: String
    /// The kinds of objects besides tables that the files may define.
    let kinds: Set<ObjectName.Kind>
    /// The SQL mode in which the files are read; see ``SourceMode``.
    let mode: String
    let diagnostics: DiagnosticList

    private static let deepest = 32

    /// The tables of the folder at `path`; nil where anything below it has an error.
    ///
    /// A folder without files is an error unless `allowsEmpty`, so that it never means "drop
    /// everything" by accident.
    func read(_ path: Located<String>, allowsEmpty: Bool = false) -> SourceFolder? {
        let before = diagnostics.errorCount
        var files: [String] = []
        collect(path.value, namedAt: path.location, depth: 1, into: &files)
        guard diagnostics.errorCount == before else { return nil }
        guard allowsEmpty || !files.isEmpty else {
            diagnostics.error(
                .emptySchema, "the folder `\(prefix)\(path.value)` has no `.sql` file",
                remedy: "add a file with a CREATE TABLE, remove what names the folder, or say "
                    + "`allow_empty: true` where no tables are meant",
                at: path.location)
            return nil
        }
        var tables: [String: DesiredTable] = [:]
        var objects: [String: DesiredObject] = [:]
        for file in files.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            for definition in definitions(in: file, namedAt: path.location) {
                switch definition {
                case .table(let table): add(table, to: &tables)
                case .object(let object): add(object, to: &objects)
                }
            }
        }
        guard diagnostics.errorCount == before else { return nil }
        return SourceFolder(path: path.value, tables: tables, objects: objects)
    }

    /// The object that one statement defines.
    private enum Definition {
        case table(DesiredTable)
        case object(DesiredObject)
    }

    private func add(_ object: DesiredObject, to objects: inout [String: DesiredObject]) {
        let key = NameFolding.strictestKey(object.name).encoded
        if let first = objects[key] {
            diagnostics.error(
                .duplicateTable,
                "the \(object.name) is defined for the second time; the first is at "
                    + "\(first.location)",
                remedy: "keep one of the two", at: object.location)
        }
        objects[key] = object
    }

    private func add(_ table: DesiredTable, to tables: inout [String: DesiredTable]) {
        guard let first = tables.updateValue(table, forKey: table.name) else { return }
        diagnostics.error(
            .duplicateTable,
            "the table `\(table.name)` is defined for the second time; the first is at "
                + "\(first.location)",
            remedy: "keep one of the two", at: table.location)
    }

    // MARK: Files

    private func collect(
        _ folder: String, namedAt place: SourceLocation, depth: Int, into files: inout [String]
    ) {
        guard depth <= Self.deepest else {
            refuse(folder, "is nested deeper than \(Self.deepest) folders", "nest less")
            return
        }
        for entry in entries(folder, namedAt: place) {
            let path = "\(folder)/\(entry.name)"
            switch entry.kind {
            case .folder: collect(path, namedAt: place, depth: depth + 1, into: &files)
            case .file: if entry.name.lowercased().hasSuffix(".sql") { files.append(path) }
            case .symlink:
                refuse(path, "is a symbolic link, and links are not followed", "put a file there")
            case .submodule:
                refuse(path, "is a submodule, and submodules are not read", "put the files there")
            }
        }
    }

    private func refuse(_ path: String, _ fault: String, _ remedy: String) {
        diagnostics.error(
            .refusedEntry, "`\(prefix)\(path)` \(fault)", remedy: remedy,
            at: SourceLocation(file: prefix + path, line: 1, column: 1))
    }

    private func entries(_ folder: String, namedAt place: SourceLocation) -> [SourceEntry] {
        do {
            return try tree.entries(of: folder)
        } catch {
            let isMissing = error.code == .notFound
            diagnostics.add(
                Diagnostic(
                    isMissing ? .danglingPath : .unreadableSource,
                    isMissing
                        ? "there is no folder `\(prefix)\(folder)`"
                        : "the folder `\(prefix)\(folder)` cannot be read: \(error)",
                    remedy: isMissing
                        ? "create it, or correct the path" : "make it readable and try again",
                    at: place), cause: error)
            return []
        }
    }

    private func definitions(in file: String, namedAt place: SourceLocation) -> [Definition] {
        let bytes: [UInt8]
        do {
            bytes = try tree.read(file)
        } catch {
            diagnostics.add(
                Diagnostic(
                    .unreadableSource, "the file `\(prefix)\(file)` cannot be read: \(error)",
                    remedy: "make it readable and try again", at: place), cause: error)
            return []
        }
        do {
            let statements = try SQLScript.statements(
                in: bytes, file: prefix + file, quoting: Dialect.Quoting(sqlMode: mode))
            return statements.compactMap { definition(of: $0, file: file) }
        } catch {
            diagnostics.add(
                Diagnostic(error, file: prefix + file).adding(remedy: otherMode(for: bytes)))
            return []
        }
    }

    /// The remedy about `sql_mode` where a file can be read in another SQL mode; nil where it
    /// cannot, or where the mode is given.
    private func otherMode(for bytes: [UInt8]) -> String? {
        let fitting = Dialect.Quoting.otherModes.first { mode in
            let quoting = Dialect.Quoting(sqlMode: mode)
            // A mode in which it cannot be read either is none to propose.
            return (try? SQLScript.statements(in: bytes, file: "", quoting: quoting)) != nil
        }
        guard mode.isEmpty, let fitting else { return nil }
        return "or say `sql_mode` of the namespace, if its servers have \(fitting)"
    }

    // MARK: Statements

    /// The definition in a statement; nil where the statement is refused.
    private func definition(of statement: SourceStatement, file: String) -> Definition? {
        let refusal =
            StatementRules.refusal(of: statement, managing: kinds)
            ?? NameRules.refusal(of: statement)
        if let refusal {
            diagnostics.add(refusal)
            return nil
        }
        if let finding = FormRules.finding(
            about: statement, file: prefix + file, sqlMode: mode)
        {
            diagnostics.add(finding)
            if finding.severity == .error { return nil }
        }
        if let name = statement.kind.object {
            var settings = statement.settings
            // The text carries its mode along, without which its strings could end elsewhere.
            if settings.sqlMode == nil, !mode.isEmpty, !Dialect.isUnreadable(sqlMode: mode) {
                settings.sqlMode = mode
            }
            let text = ObjectDefinition.marked(statement.text, settings)
            return .object(
                DesiredObject(
                    name: name, text: text, textDigest: Digest(of: text),
                    location: statement.nameLocation ?? statement.location,
                    start: statement.location))
        }
        guard case .createTable(let name) = statement.kind, let source = statement.table
        else { return nil }
        return .table(
            DesiredTable(
                name: name, text: statement.text, textDigest: Digest(of: statement.text),
                file: file, location: statement.nameLocation ?? statement.location,
                source: source, hints: statement.hints))
    }
}

extension Diagnostic {
    fileprivate func adding(remedy: String?) -> Diagnostic {
        guard let remedy else { return self }
        return Diagnostic(
            code, message, remedy: "\(self.remedy), \(remedy)", at: location,
            severity: severity, excerpt: excerpt)
    }

    /// The same error as a diagnostic.
    init(_ error: SchemaError, file: String) {
        self.init(
            error.code == .emptyFile ? .emptyFile : .invalidSQL, error.message,
            remedy: error.remedy ?? "correct the statement",
            at: SourceLocation(file: error.file ?? file, line: error.line, column: error.column),
            excerpt: SourceExcerpt(line: error.sourceLine, length: error.length))
    }
}
