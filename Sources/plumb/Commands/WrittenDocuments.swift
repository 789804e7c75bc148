import Basics
import Foundation
import Model
import Service
import Views

/// The files of `--write`: each gets the report of a command in a format of its own, so that one
/// pass serves a log, a comment and a code scanner.
struct WrittenDocuments {
    private struct File {
        let format: Format
        let path: String
    }

    private let files: [File]

    /// Makes each file, so that one that cannot be written is known before anything is asked.
    ///
    /// Throws ``UsageError`` for what is no format of the command, and ``ConfigurationError`` for a
    /// file that cannot be written.
    init(_ invocation: Invocation, formats: [Format]) throws {
        var files: [File] = []
        for word in invocation.values(.write) {
            guard let file = Self.file(word), formats.contains(file.format) else {
                throw UsageError(
                    message: "--write \(word): no format and file",
                    remedy: "write a format, = and a file, as `markdown=plan.md`; formats here are "
                        + formats.map(\.rawValue).joined(separator: ", "))
            }
            guard !files.contains(where: { $0.path == file.path }) else {
                throw UsageError(
                    message: "--write names \(file.path) twice",
                    remedy: "give each format a file of its own")
            }
            do {
                try Self.write("", to: file.path)
            } catch {
                throw ConfigurationError(error.fault, remedy: error.remedy)
            }
            files.append(file)
        }
        self.files = files
    }

    private static func file(_ word: String) -> File? {
        guard let end = word.firstIndex(of: "="),
            let format = Format(rawValue: String(word[..<end]))
        else { return nil }
        let path = String(word[word.index(after: end)...])
        return path.isEmpty ? nil : File(format: format, path: path)
    }

    /// Writes the report into each file that takes it.
    ///
    /// Throws ``UnwrittenDocument`` for the first one that did not.
    /// - Parameter text: the whole report in a format, safe for output.
    func write(_ text: (Format) -> String) throws(UnwrittenDocument) {
        var failure: UnwrittenDocument?
        for file in files {
            do throws(UnwrittenDocument) {
                try Self.write(text(file.format), to: file.path)
            } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    /// Writes why there is no report into each file that can be written.
    static func report(_ failure: Failure, for invocation: Invocation) {
        for file in invocation.values(.write).compactMap(Self.file) {
            try? write(failure.document(file.format), to: file.path)
        }
    }

    private static func write(_ text: String, to path: String) throws(UnwrittenDocument) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw unwritable(path) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else {
                let error = unwritable(path)
                close(descriptor)
                throw error
            }
            bytes = bytes.dropFirst(count)
        }
        // Some file systems say only now that there is no room.
        guard close(descriptor) == 0 else { throw unwritable(path) }
    }

    private static func unwritable(_ path: String) -> UnwrittenDocument {
        UnwrittenDocument(fault: "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}

/// A file of `--write` that could not be written.
struct UnwrittenDocument: RemediedError {
    let fault: String
    let remedy: String? = "name a file after --write that can be written, in a folder that is there"
}

extension Failure {
    /// The failure as a document of the format, safe for output.
    fileprivate func document(_ format: Format) -> String {
        guard let kind = ErrorDocument.Format(rawValue: format.rawValue) else {
            return SafeOutput.text(isColoured: false).safe(text(Style(isColoured: false))) + "\n"
        }
        return kind.output.safe(ErrorDocument.text(problems, exit: status, format: kind))
    }
}
