/// A man page of section 1, made from the command table.
struct ManualPage {
    /// Such as `plumb-store-verify`.
    let name: String
    /// In the macros of mdoc(7), ASCII only.
    let text: String

    /// Its file, such as `plumb-store-verify.1`.
    var fileName: String { name + ".1" }

    /// The page of the program and those of all commands.
    static func all(_ table: [Command]) -> [ManualPage] {
        [program(table)] + table.map { page(of: $0, in: table) }
    }

    /// The page of the program: its commands, exit statuses, variables and files.
    static func program(_ table: [Command]) -> ManualPage {
        let commands = table.flatMap { command in
            [".It Xr \(name(of: command)) 1"] + Mdoc.paragraph(sentence(command.summary))
        }
        let variables = EnvironmentVariable.all.flatMap { variable in
            [".It Ev \(variable.name)"] + Mdoc.paragraph(variable.meaning)
        }
        let files = ProgramFile.all.flatMap { file in
            [".It Pa \(file.path)"] + Mdoc.paragraph(file.meaning)
        }
        let lines =
            head("plumb", "keep sharded MySQL and MariaDB databases true to the schema in git")
            + [".Sh SYNOPSIS", ".Nm plumb", ".Ar command", ".Op Ar options", ".Sh DESCRIPTION"]
            + Mdoc.text(
                """
                A repository has the desired schema, as files with CREATE TABLE statements, and \
                plumb.yaml, which names the shards. plumb compares what git has, what it has \
                recorded and what is live, says what would change, and changes one shard at a \
                time; a step that cannot be undone waits for an approval.

                The commands, each with a page of its own:
                """)
            + list(commands, width: "verify-approvals")
            + [".Sh ENVIRONMENT"] + list(variables, width: "Ds")
            + [".Sh FILES"] + list(files, width: "Ds")
            + [".Sh EXIT STATUS"] + exitStatuses
        return ManualPage(name: "plumb", text: joined(lines))
    }

    private static func page(of command: Command, in table: [Command]) -> ManualPage {
        let name = name(of: command)
        var lines = head(name, command.summary)
        lines += [".Sh SYNOPSIS", ".Nm plumb \(command.name)"]
        if !command.options.isEmpty { lines.append(".Op Ar options") }
        if !command.arguments.isEmpty { lines.append(".Ar " + Mdoc.argument(command.arguments)) }
        lines += [".Sh DESCRIPTION"] + Mdoc.paragraph(sentence(command.summary))
        if !command.details.isEmpty { lines += [".Pp"] + Mdoc.text(command.details) }
        if !command.options.isEmpty {
            lines += [".Pp", "The options are as follows:"]
            lines += list(command.options.flatMap(item), width: "Ds")
        }
        lines += [".Sh EXIT STATUS"] + exitStatuses
        let others = table.filter { $0.name != command.name && isNear($0, command) }
        let names = ["plumb"] + others.map { self.name(of: $0) }
        lines.append(".Sh SEE ALSO")
        for (place, name) in names.sorted().enumerated() {
            lines.append(".Xr \(name) 1" + (place == names.count - 1 ? "" : " ,"))
        }
        return ManualPage(name: name, text: joined(lines))
    }

    /// Commands of one group, and those that a newcomer looks for next.
    private static func isNear(_ one: Command, _ other: Command) -> Bool {
        let group = other.name.split(separator: " ")
        if group.count > 1 { return one.name.hasPrefix(group[0] + " ") }
        return ["plan", "reconcile", "drift", "status"].contains(one.name)
    }

    private static func item(_ option: Option) -> [String] {
        let flag = ".It Fl \\-\(option.name.replacing("-", with: "\\-"))"
        let value = option.value.map { " Ar " + Mdoc.argument($0) } ?? ""
        let again = option.isRepeatable ? " May be given several times." : ""
        return [flag + value] + Mdoc.paragraph(sentence(option.help) + again)
    }

    private static func name(of command: Command) -> String {
        "plumb-" + command.name.replacing(" ", with: "-")
    }

    private static func head(_ name: String, _ summary: String) -> [String] {
        [
            ".\\\" Made from the command table by plumb manual.",
            ".Dd \(Version.day)", ".Dt \(name.uppercased()) 1", ".Os", ".Sh NAME",
            ".Nm \(name)", ".Nd " + Mdoc.line(summary),
        ]
    }

    private static func list(_ items: [String], width: String) -> [String] {
        [".Bl -tag -width \(width)"] + items + [".El"]
    }

    private static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    private static let exitStatuses =
        [".Bl -tag -width 0000 -compact"]
        + Help.exitStatuses.flatMap { [".It \($0.status.rawValue)", Mdoc.line($0.meaning)] }
        + [".El"]

    private static func joined(_ lines: [String]) -> String {
        lines.joined(separator: "\n") + "\n"
    }
}
