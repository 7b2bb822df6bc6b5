using Google.Protobuf;
using Grpc.Core;

namespace CloudNative.Local.Sidecars.Rpc;

/// <summary>Marshallers that hold messages to the sidecar's size limit in both directions, with grpc-go's words.</summary>
internal static class Messages
{
    public static Marshaller<T> Of<T>(int maxSizeBytes)
        where T : class, IMessage<T>, new()
    {
        var parser = new MessageParser<T>(() => new T());
        return new Marshaller<T>(
            (message, context) => Write(message, context, maxSizeBytes),
            context => Read(parser, context, maxSizeBytes));
    }

    private static void Write(IMessage message, SerializationContext context, int maxSizeBytes)
    {
        var size = message.CalculateSize();
        if (size > maxSizeBytes)
            throw Exhausted($"grpc: trying to send message larger than max ({size} vs. {maxSizeBytes})");
        context.SetPayloadLength(size);
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }

    private static T Read<T>(MessageParser<T> parser, DeserializationContext context, int maxSizeBytes)
        where T : class, IMessage<T>, new()
    {
        if (context.PayloadLength > maxSizeBytes)
            throw Exhausted($"grpc: received message larger than max ({context.PayloadLength} vs. {maxSizeBytes})");
        return parser.ParseFrom(context.PayloadAsReadOnlySequence());
    }

    private static RpcException Exhausted(string text) => new(new Status(StatusCode.ResourceExhausted, text));
}
