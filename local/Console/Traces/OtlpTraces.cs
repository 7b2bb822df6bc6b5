using Google.Protobuf;

namespace CloudNative.Local.Console.Traces;

/// <summary>Reads an ExportTraceServiceRequest of OTLP 1.x, by the field numbers of its .proto.</summary>
internal static class OtlpTraces
{
    private const int TraceIdBytes = 16;
    private const int SpanIdBytes = 8;
    private const ulong ErrorStatus = 2;
    private const ulong NanosecondsPerTick = 100;

    /// <summary>Spans without a trace or span id are left out, as OTLP asks of a receiver.</summary>
    /// <exception cref="InvalidProtocolBufferException">It is no such message.</exception>
    public static IReadOnlyList<ReportedSpan> Read(ByteString request) =>
        [.. from ofResource in new ProtobufFields(request).Messages(1)
            let service = ServiceName(ofResource)
            from ofScope in ofResource.Messages(2)
            from span in ofScope.Messages(2)
            where span.Bytes(1).Length == TraceIdBytes && span.Bytes(2).Length == SpanIdBytes
            select Read(span, service)];

    private static ReportedSpan Read(ProtobufFields span, string service)
    {
        var (start, end) = (span.Number(7), span.Number(8));
        return new ReportedSpan(
            Hex(span.Bytes(1)),
            Hex(span.Bytes(2)),
            span.Bytes(4).IsEmpty ? null : Hex(span.Bytes(4)),
            service,
            span.Text(5),
            (SpanKind)span.Number(6),
            DateTimeOffset.UnixEpoch.AddTicks((long)(start / NanosecondsPerTick)),
            TimeSpan.FromTicks((long)((end > start ? end - start : 0) / NanosecondsPerTick)),
            span.Messages(15).Any(status => status.Number(3) == ErrorStatus));
    }

    private static string ServiceName(ProtobufFields ofResource) => ofResource.Messages(1)
        .SelectMany(resource => resource.Messages(1))
        .Where(attribute => attribute.Text(1) == "service.name")
        .SelectMany(attribute => attribute.Messages(2))
        .Select(value => value.Text(1))
        .LastOrDefault("unknown");

    private static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}
