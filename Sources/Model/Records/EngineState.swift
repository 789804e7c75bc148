import Diff

/// What an engine needs to go on with an operation after its process died, on any machine.
///
/// The document is the engine's own: nobody else reads it. It is durable before the phase that
/// needs it, and never larger than ``sizeLimit``, so that each of its commits is small.
package struct EngineState: Codable, Hashable, Sendable {
    package var engine: EngineName
    /// The version of the document's format.
    package var version: Int
    package var document: String

    package init(engine: EngineName, version: Int, document: String) {
        self.engine = engine
        self.version = version
        self.document = document
    }

    /// The largest document, in bytes of UTF-8.
    package static let sizeLimit = 16_384

    /// Why it cannot be recorded for an operation that runs by `engine`; nil where it can.
    package func fault(for engine: EngineName) -> String? {
        guard self.engine == engine else {
            return "the engine `\(engine.rawValue)` has a state of `\(self.engine.rawValue)`"
        }
        let size = document.utf8.count
        guard size > Self.sizeLimit else { return nil }
        return "the state of the engine `\(engine.rawValue)` has \(size) bytes, of "
            + "\(Self.sizeLimit) at most"
    }
}
