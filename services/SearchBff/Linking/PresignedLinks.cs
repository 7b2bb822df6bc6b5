using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Signing;
using CloudNative.BuildingBlocks.Hosting;
using Microsoft.Extensions.Options;

namespace CloudNative.SearchBff.Linking;

/// <summary>Straight to the object in a private S3 bucket, by an address that is signed for a short time. Signing needs no call.</summary>
internal sealed class PresignedLinks(IOptions<DetailLinkOptions> options, AWSCredentials credentials, TimeProvider time) : IDetailLinks
{
    public async ValueTask<string> LinkToAsync(string key, HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await SignAsync(AddressOf(ThingKey.ObjectName(key)), cancellationToken);
        }
        catch (AmazonClientException failure)
        {
            throw new DependencyUnavailableException("There are no credentials to sign links with.", failure);
        }
    }

    internal async ValueTask<string> SignAsync(Uri address, CancellationToken cancellationToken)
    {
        var get = new AWSSigningRequest { HttpMethod = HttpMethod.Get, RequestUri = address };
        var parameters = new AWSSigV4Parameters
        {
            Credentials = credentials,
            Region = RegionEndpoint.GetBySystemName(options.Value.Region),
            Service = "s3",
            SignedAt = time.GetUtcNow().UtcDateTime,
        };
        var signed = await AWSSigV4Signer.PresignAsync(get, parameters, options.Value.TimeToLive, cancellationToken);
        return signed.Uri.AbsoluteUri;
    }

    private Uri AddressOf(string objectName)
    {
        var (bucket, region, endpoint) = (options.Value.Bucket, options.Value.Region, options.Value.Endpoint);
        return endpoint.Length > 0
            ? new Uri($"{endpoint.TrimEnd('/')}/{bucket}/{objectName}")
            : new Uri($"https://{bucket}.s3.{region}.amazonaws.com/{objectName}");
    }
}
