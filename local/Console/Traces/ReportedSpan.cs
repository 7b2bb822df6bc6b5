namespace CloudNative.Local.Console.Traces;

/// <summary>One piece of work as an app reported it. Attributes are left out: they may hold what belongs in no console.</summary>
/// <param name="ParentId">Null where the trace begins.</param>
internal sealed record ReportedSpan(
    string TraceId, string SpanId, string? ParentId, string Service, string Name, SpanKind Kind, DateTimeOffset Start, TimeSpan Duration, bool HasFailed);

/// <summary>Numbered as OTLP does.</summary>
internal enum SpanKind
{
    Unspecified,
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}
