using System.Text;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>What fits: until large entities are stored by reference, an event travels whole through an outbox slot and the stream.</summary>
public static class EntityLimits
{
    /// <summary>Characters (code points) of an id or name; a leaf of the directory holds both.</summary>
    public const int Characters = 256;

    /// <summary>Bytes of an event's JSON text, which holds the images before and after.</summary>
    public const int EventBytes = 60 * 1024;

    /// <summary>Null where the text can be an id, else the reason naming the limit.</summary>
    public static string? FaultOfId(string id) => id.Length == 0 ? "The id must not be empty." : FaultOf("id", id);

    /// <summary>Null where the text can be a name, else the reason naming the limit.</summary>
    public static string? FaultOfName(string? name) => name is null ? null : FaultOf("name", name);

    private static string? FaultOf(string what, string text)
    {
        var characters = 0;
        for (var rest = text.AsSpan(); !rest.IsEmpty; characters++)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) is not System.Buffers.OperationStatus.Done)
                return $"The {what} is not well-formed Unicode text.";
            rest = rest[length..];
        }

        return characters > Characters ? $"The {what} must be at most {Characters} characters." : null;
    }
}
