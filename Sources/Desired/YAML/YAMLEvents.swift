import CYAML
import Schema

/// The next event that libyaml reports.
enum YAMLEvent {
    case streamStart
    case streamEnd
    case documentStart
    case documentEnd
    case alias(anchor: String)
    case scalar(text: String, isQuoted: Bool, tag: String?, anchor: String?)
    case sequenceStart(tag: String?, anchor: String?)
    case sequenceEnd
    case mappingStart(tag: String?, anchor: String?)
    case mappingEnd
}

/// The text is not valid YAML.
struct YAMLSyntaxError: Error {
    let message: String
    let location: SourceLocation
}

/// Owns a libyaml parser and the bytes that it reads.
final class YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let places: LinePlaces

    /// Nil where libyaml cannot allocate memory. `bytes` must be UTF-8 without a byte order mark.
    init?(bytes: [UInt8], file: String) {
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            return nil
        }
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        places = LinePlaces(bytes: bytes, file: file)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event and where it starts.
    func next() throws(YAMLSyntaxError) -> (event: YAMLEvent, location: SourceLocation) {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        let location = places.location(of: event.start_mark)
        switch event.type {
        case YAML_STREAM_START_EVENT: return (.streamStart, location)
        case YAML_DOCUMENT_START_EVENT: return (.documentStart, location)
        case YAML_DOCUMENT_END_EVENT: return (.documentEnd, location)
        case YAML_SEQUENCE_END_EVENT: return (.sequenceEnd, location)
        case YAML_MAPPING_END_EVENT: return (.mappingEnd, location)
        case YAML_ALIAS_EVENT:
            return (.alias(anchor: Self.text(event.data.alias.anchor) ?? ""), location)
        case YAML_SCALAR_EVENT: return (Self.scalar(event), location)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return (
                .sequenceStart(tag: Self.text(start.tag), anchor: Self.text(start.anchor)), location
            )
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return (
                .mappingStart(tag: Self.text(start.tag), anchor: Self.text(start.anchor)), location
            )
        default: return (.streamEnd, location)
        }
    }

    private static func scalar(_ event: yaml_event_t) -> YAMLEvent {
        let scalar = event.data.scalar
        let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        return .scalar(
            text: String(decoding: bytes, as: UTF8.self),
            isQuoted: scalar.style != YAML_PLAIN_SCALAR_STYLE,
            tag: text(scalar.tag), anchor: text(scalar.anchor))
    }

    private static func text(_ characters: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        characters.map { String(cString: $0) }
    }

    private func failure() -> YAMLSyntaxError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "the text cannot be read"
        let message = state.context.map { "\(String(cString: $0)): \(problem)" } ?? problem
        let location =
            state.error == YAML_READER_ERROR
            ? places.location(ofByte: state.problem_offset)
            : places.location(of: state.problem_mark)
        return YAMLSyntaxError(message: message, location: location)
    }
}

/// Turns libyaml's marks, which count characters, into places, which count bytes.
private struct LinePlaces {
    private let bytes: [UInt8]
    private let file: String
    /// The offset of each line's first byte.
    private let starts: [Int]

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        var starts = [0]
        var place = 0
        while place < bytes.count {
            let width = Self.lineBreak(bytes, place)
            place += max(1, width)
            if width > 0 { starts.append(place) }
        }
        self.starts = starts
    }

    func location(of mark: yaml_mark_t) -> SourceLocation {
        let line = Int(clamping: mark.line)
        guard line < starts.count else {
            return SourceLocation(file: file, line: line + 1, column: 1)
        }
        var place = starts[line]
        var left = Int(clamping: mark.column)
        while left > 0, place < bytes.count {
            place += 1
            // Continuation bytes belong to the same character.
            while place < bytes.count, bytes[place] & 0xC0 == 0x80 { place += 1 }
            left -= 1
        }
        return SourceLocation(file: file, line: line + 1, column: place - starts[line] + 1)
    }

    func location(ofByte offset: Int) -> SourceLocation {
        let line = max(0, starts.count { $0 <= offset } - 1)
        return SourceLocation(file: file, line: line + 1, column: offset - starts[line] + 1)
    }

    /// The length of the line break at `place`, 0 where there is none; libyaml knows five kinds.
    private static func lineBreak(_ bytes: [UInt8], _ place: Int) -> Int {
        switch bytes[place] {
        case 0x0A: return 1
        case 0x0D: return place + 1 < bytes.count && bytes[place + 1] == 0x0A ? 2 : 1
        case 0xC2: return place + 1 < bytes.count && bytes[place + 1] == 0x85 ? 2 : 0
        case 0xE2:
            guard place + 2 < bytes.count, bytes[place + 1] == 0x80 else { return 0 }
            return bytes[place + 2] == 0xA8 || bytes[place + 2] == 0xA9 ? 3 : 0
        default: return 0
        }
    }
}
