import Desired
import Foundation
import Import
import Model

/// The files with which a schema repository begins.
struct FirstFiles {
    /// What became of one of them.
    struct Outcome {
        let file: String
        let says: String
    }

    let namespace: String
    let environment: String
    let host: String
    let database: String
    let user: String
    /// The variable that holds the password; nil where none is needed.
    let passwordVariable: String?

    /// Writes what is missing into `folder`; nothing that is there is changed.
    func write(into folder: String) throws -> [Outcome] {
        let schema = "schema/\(namespace)"
        var outcomes = [
            try put(fleet, to: Fleet.fileName, in: folder, else: "is there, and stays as it is")
        ]
        if Self.hasTables(folder + "/" + schema) {
            outcomes.append(Outcome(file: schema + "/", says: "has files, and stays as it is"))
        } else {
            let example = "\(schema)/notes.sql"
            outcomes.append(
                try put(table, to: example, in: folder, else: "is there, and stays as it is"))
        }
        let isIgnored = Self.ignores(folder + "/.gitignore")
        outcomes.append(
            try put(
                ignored, to: ".gitignore", in: folder,
                else: isIgnored
                    ? "is there, and leaves the ledger out"
                    : "is there: add a line `/.plumb/`, the ledger's folder"))
        return outcomes
    }

    private func put(
        _ text: String, to file: String, in folder: String, else reason: String
    ) throws -> Outcome {
        let path = folder + "/" + file
        do {
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true)
        } catch {
            throw Self.unwritable(path, error.localizedDescription)
        }
        // Neither a file nor a link that is there is followed or replaced.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
        if descriptor < 0, errno == EEXIST { return Outcome(file: file, says: reason) }
        guard descriptor >= 0 else { throw Self.unwritable(path, String(cString: strerror(errno))) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data(text.utf8))
            try handle.close()
        } catch {
            unlink(path)
            throw Self.unwritable(path, error.localizedDescription)
        }
        return Outcome(file: file, says: "written")
    }

    private static func unwritable(_ path: String, _ reason: String) -> ConfigurationError {
        ConfigurationError(
            "\(path) cannot be written: \(reason)", remedy: "check rights and space")
    }

    private static func hasTables(_ folder: String) -> Bool {
        let files = FileManager.default.enumerator(atPath: folder)
        return files?.contains { ($0 as? String)?.hasSuffix(".sql") == true } ?? false
    }

    private static func ignores(_ file: String) -> Bool {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        return text.split(whereSeparator: \.isNewline).contains {
            ["/.plumb/", "/.plumb", ".plumb/", ".plumb"].contains($0.trimmingPrefix(" "))
        }
    }

    private var ignored: String {
        """
        # The ledger and what is fetched: state of this folder, not of the schema.
        /.plumb/

        """
    }

    private var table: String {
        """
        -- An example: one file for each table. Replace it by your own.
        CREATE TABLE `notes` (
          `id` bigint unsigned NOT NULL AUTO_INCREMENT,
          `text` varchar(255) NOT NULL,
          `created_at` datetime NOT NULL DEFAULT current_timestamp(),
          PRIMARY KEY (`id`)
        );

        """
    }

    private var fleet: String {
        let password = passwordVariable.map { ", password_env: \(YAMLText.scalar($0))" } ?? ""
        return """
            # The fleet: which databases there are, and what may be done to them without being asked.
            # `plumb validate` checks this file; docs/configuration.md explains every key.
            version: 1

            namespaces:
              # Databases that all have the same tables.
              \(namespace):
                # The folder of its CREATE TABLE files.
                schema: schema/\(namespace)
                shards:
                  # One database. More of them: another line for each, or a pattern:
                  #   - {pattern: "shop_{00..15}", hosts: ["db-{1..2}.internal:3306"]}
                  - {name: \(YAMLText.scalar(database)), host: \(YAMLText.scalar(host))}

            environments:
              \(YAMLText.scalar(environment)):
                namespaces: [\(namespace)]
                # The account. A password never stands here: it comes from a variable
                # (password_env), a file (password_file) or a MySQL option file (option_file).
                connection: {user: \(YAMLText.scalar(user))\(password)}

            policy:
              # Steps of these classes wait for `plumb approve`.
              approve: [lossy, irreversible]
              # What somebody changed by hand is reported, and corrected by `plumb reconcile --heal`.
              drift: report
              rollout:
                # One shard first, then the others.
                waves: [{shards: 1}, {percent: 100}]

            # What was planned, approved and done. It has to outlive this folder in a pipeline.
            ledger: file:.plumb/ledger.git

            """
    }
}
