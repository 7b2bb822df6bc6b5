using System.Text.Json;
using System.Text.Json.Nodes;

namespace CloudNative.ThingsBff;

/// <summary>Claims about the body of an answer.</summary>
internal static class Answers
{
    public static void ShouldBeJson(this JsonElement body, string expected) =>
        JsonNode.DeepEquals(JsonNode.Parse(body.GetRawText()), JsonNode.Parse(expected))
            .ShouldBeTrue($"expected {expected}, was {body.GetRawText()}");

    public static JsonElement Data(this JsonElement body, string field)
    {
        body.TryGetProperty("errors", out var errors).ShouldBeFalse(errors.ValueKind == JsonValueKind.Undefined ? null : errors.GetRawText());
        return body.GetProperty("data").GetProperty(field);
    }

    /// <summary>The one error of an answer, of the code given; answers its message.</summary>
    public static string ShouldBeRefused(this JsonElement body, string code)
    {
        body.TryGetProperty("errors", out var errors).ShouldBeTrue(body.GetRawText());
        errors.GetArrayLength().ShouldBe(1, errors.GetRawText());
        errors[0].GetProperty("extensions").GetProperty("code").GetString().ShouldBe(code, errors.GetRawText());
        body.GetRawText().ShouldNotContain("   at ");
        body.GetRawText().ShouldNotContain("Exception");
        return errors[0].GetProperty("message").GetString()!;
    }
}
