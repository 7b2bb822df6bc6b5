using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CloudNative.Conformance;

/// <summary>The body that a recorded request or answer carries.</summary>
internal static partial class Content
{
    /// <param name="contentType">What goes with it where the recording names no headers.</param>
    /// <param name="isCompact">Whether JSON goes out without blanks.</param>
    public static byte[] Of(JsonElement recorded, Placeholders placeholders, out string? contentType, bool isCompact = false)
    {
        contentType = null;
        if (recorded.TryGetProperty("json", out var json))
        {
            contentType = "application/json";
            return Encoding.UTF8.GetBytes(placeholders.Fill(isCompact ? Compact(json) : Spaced(json)));
        }
        if (recorded.TryGetProperty("text", out var text))
            return Encoding.UTF8.GetBytes(placeholders.Fill(text.GetString()!));
        return recorded.TryGetProperty("base64", out var base64) ? Convert.FromBase64String(base64.GetString()!) : [];
    }

    /// <summary>Whether the steps show, as the text of some answer, this JSON with blanks: so the peer sent it then.</summary>
    public static bool IsShownSpaced(JsonElement answer, IReadOnlyList<JsonElement> steps)
    {
        if (!answer.TryGetProperty("json", out var json))
            return false;
        var text = JsonSerializer.Serialize(Spaced(json), Relaxed)[1..^1];
        return steps.Any(step => step.GetRawText().Contains(text, StringComparison.Ordinal));
    }

    /// <summary>A request message in proto3 JSON; {"text": ...} stands for bytes.</summary>
    public static string ProtoJson(JsonElement recorded, Placeholders placeholders) =>
        TextAsBytes().Replace(placeholders.Fill(Compact(recorded)), match =>
            JsonSerializer.Serialize(Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>(match.Groups[1].Value)!))));

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Compact(JsonElement json) => JsonSerializer.Serialize(json, Relaxed);

    /// <summary>With a blank behind colon and comma: recorded lengths of JSON bodies count them.</summary>
    private static string Spaced(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(", ", json.EnumerateObject().Select(member => $"{JsonSerializer.Serialize(member.Name, Relaxed)}: {Spaced(member.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(", ", json.EnumerateArray().Select(Spaced))}]",
        _ => Compact(json),
    };

    [GeneratedRegex("""\{"text":("(?:[^"\\]|\\.)*")\}""")]
    private static partial Regex TextAsBytes();
}
