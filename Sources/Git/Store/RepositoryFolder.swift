import Foundation
import Store

/// The folder of a ledger's repository, checked before anything in it is opened or created.
struct RepositoryFolder {
    private let path: String

    init(_ path: String) { self.path = path }

    /// Whether `path` does not exist, or is a folder with nothing but our own files in it.
    func isMissingOrUnused() throws(StoreError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return true }
            throw StoreError(
                .unreadable, "\(path): \(String(cString: strerror(errno)))",
                remedy: "check the path and its rights")
        }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw StoreError(.notAStore, "\(path) is no readable folder", remedy: "name a folder")
        }
        // A creation that was interrupted before HEAD was written starts over.
        let known = Self.leftLocks.union([
            "plumb.lock", "plumb.compaction", "objects", "refs", "config", "info", "hooks",
            "description", "branches", ".gitignore",
        ])
        return names.allSatisfy(known.contains)
    }

    /// Opens the repository; throws `notAStore` where there is none, or one with files checked out.
    func open(waitSeconds: Double) throws(StoreError) -> Repository {
        let repository: Repository
        do throws(GitError) {
            do throws(GitError) {
                repository = try Repository(opening: path)
            } catch  where error.code == .notFound && isBeingWritten {
                // Another process is creating it: look again once that has released its lock.
                do throws(StoreError) {
                    _ = try WriteTurn(path, waitSeconds: waitSeconds, purpose: "opening")
                } catch {
                    throw GitError(.locked, error.fault, remedy: error.remedy)
                }
                repository = try Repository(opening: path)
            }
        } catch  where error.code == .notFound || error.code == .invalid {
            throw StoreError.notALedger(path, "it is no git repository")
        } catch {
            throw StoreError(error, about: "opening the ledger \(path)")
        }
        guard repository.workFolder == nil else {
            throw StoreError.notALedger(path, "it is a repository with checked-out files")
        }
        return repository
    }

    /// Creates the repository where there is none.
    func create(waitSeconds: Double, version: Int64) throws(StoreError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw StoreError(
                .unreadable, "cannot create the folder of the ledger \(path)",
                remedy: "check its rights")
        }
        let turn = try WriteTurn(path, waitSeconds: waitSeconds, purpose: "creating")
        defer { withExtendedLifetime(turn) {} }
        // Another process may have been faster.
        guard try isMissingOrUnused() else { return }
        // An interrupted creation left them, and nobody else creates now.
        for name in Self.leftLocks { unlink("\(path)/\(name)") }
        try hide()
        do throws(GitError) {
            let repository = try Repository(
                openingOrCreatingBare: path, initialBranch: "production")
            try repository.setSetting(GitBackend.mark, to: version)
        } catch {
            throw StoreError(error, about: "creating the ledger \(path)")
        }
    }

    /// What a creation holds while it writes a file, and leaves when it is killed.
    private static let leftLocks: Set<String> = ["config.lock", "HEAD.lock"]

    /// Writes a `.gitignore`, so that `git add` in a surrounding repository skips the ledger.
    private func hide() throws(StoreError) {
        do {
            try Data("*\n".utf8).write(to: URL(fileURLWithPath: "\(path)/.gitignore"))
        } catch {
            throw StoreError(
                .unreadable, "cannot write into the folder of the ledger \(path)",
                remedy: "check its rights and the room on the disk")
        }
    }

    private var isBeingWritten: Bool {
        FileManager.default.fileExists(atPath: "\(path)/plumb.lock")
    }
}
