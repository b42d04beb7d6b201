namespace Brink.Zoo.Models;

/// <summary>A classifier of token sequences: embeddings and learned positions, layers of attention and a
/// feed-forward network with the norm after each sum, the mean over the tokens, a linear layer that starts at
/// zero (Vaswani et al. 2017; sizes as in the code of Damian et al. 2023).</summary>
/// <remarks>Norms and attention are composed: libtorch's fused layer_norm is wrong in the third derivative,
/// and its fused attention has no second one on the CPU.</remarks>
/// <param name="Vocabulary">Number of tokens; token 0 is padding, which is neither attended to nor averaged;
/// columns of nothing else at the end of a batch are not computed.</param>
/// <param name="Classes">Outputs.</param>
/// <param name="Activation">Inside the feed-forward network.</param>
/// <param name="Positions">Longest sequence.</param>
/// <param name="Width">Of the embedding: a multiple of the heads.</param>
/// <param name="Heads">Of attention.</param>
/// <param name="Layers">Of attention and feed-forward network.</param>
/// <param name="FeedForward">Width of the feed-forward network.</param>
public sealed record Transformer(
    int Vocabulary,
    int Classes,
    Activation Activation,
    int Positions = 64,
    int Width = 64,
    int Heads = 2,
    int Layers = 2,
    int FeedForward = 256) : Model
{
    private const double NormEpsilon = 1e-6;   // flax's default, which the authors' code takes

    public override ParameterLayout Layout => new(
    [
        new("embedding", [Vocabulary, Width], 1 / Math.Sqrt(Width)),
        new("positions", [Positions, Width], 1 / Math.Sqrt(Width)),
        .. Enumerable.Range(1, Layers).SelectMany(layer => (Parameter[])
        [
            Parameter.Weight($"layer{layer}.attention.in.weight", 3 * Width, Width),
            Parameter.Zeros($"layer{layer}.attention.in.bias", 3 * Width),
            Parameter.Weight($"layer{layer}.attention.out.weight", Width, Width),
            Parameter.Zeros($"layer{layer}.attention.out.bias", Width),
            Parameter.Ones($"layer{layer}.norm1.weight", Width),
            Parameter.Zeros($"layer{layer}.norm1.bias", Width),
            Parameter.Weight($"layer{layer}.feed1.weight", FeedForward, Width),
            Parameter.Zeros($"layer{layer}.feed1.bias", FeedForward),
            Parameter.Weight($"layer{layer}.feed2.weight", Width, FeedForward),
            Parameter.Zeros($"layer{layer}.feed2.bias", Width),
            Parameter.Ones($"layer{layer}.norm2.weight", Width),
            Parameter.Zeros($"layer{layer}.norm2.bias", Width),
        ]),
        Parameter.Zeros("linear.weight", Classes, Width),
        Parameter.Zeros("linear.bias", Classes),
    ]);

    /// <summary>theta [p] and tokens [n,length], int64, to outputs [n,classes].</summary>
    public override Tensor Outputs(Tensor theta, Tensor inputs)
    {
        if (Width % Heads != 0)
            throw new ArgumentException($"width {Width} is no multiple of {Heads} heads", nameof(theta));
        if (inputs.shape[1] > Positions)
        {
            throw new ArgumentException(
                $"sequences of {inputs.shape[1]} tokens; there are {Positions} positions", nameof(inputs));
        }
        var (least, largest) = (inputs.min().ToInt64(), inputs.max().ToInt64());
        if (least < 0 || largest >= Vocabulary)
        {
            throw new ArgumentException(
                $"tokens from {least} to {largest}; the vocabulary has 0 to {Vocabulary - 1}",
                nameof(inputs));
        }
        inputs = Trimmed(inputs);
        var parameters = Layout.Split(theta);
        var present = inputs.ne(0);                                                    // [n,length]
        var h = parameters.Dequeue().index_select(0, inputs.flatten())
            .view(inputs.shape[0], inputs.shape[1], Width);
        h = h + parameters.Dequeue().narrow(0, 0, inputs.shape[1]);
        for (var layer = 0; layer < Layers; layer++)
        {
            h = Norm(h + Attention(h, present, parameters), parameters.Dequeue(), parameters.Dequeue());
            var feed = Activation.Of(nn.functional.linear(h, parameters.Dequeue(), parameters.Dequeue()));
            feed = nn.functional.linear(feed, parameters.Dequeue(), parameters.Dequeue());
            h = Norm(h + feed, parameters.Dequeue(), parameters.Dequeue());
        }
        var weight = present.to(h.dtype).unsqueeze(2);
        var mean = (h * weight).sum(1) / weight.sum(1);
        return nn.functional.linear(mean, parameters.Dequeue(), parameters.Dequeue());
    }

    /// <summary>Without the columns at the end that are padding in every row.</summary>
    private static Tensor Trimmed(Tensor tokens)
    {
        var filled = tokens.ne(0).any(0).nonzero();
        return filled.shape[0] == 0 ? tokens : tokens.narrow(1, 0, filled[-1, 0].ToInt64() + 1);
    }

    private Tensor Attention(Tensor h, Tensor present, Queue<Tensor> parameters)
    {
        var (n, length) = (h.shape[0], h.shape[1]);
        var parts = nn.functional.linear(h, parameters.Dequeue(), parameters.Dequeue())
            .view(n, length, 3, Heads, Width / Heads)
            .permute(2, 0, 3, 1, 4);                                // [3,n,heads,length,width/heads]
        var (query, key, value) = (parts[0], parts[1], parts[2]);
        var scores = query.matmul(key.transpose(2, 3)) / Math.Sqrt((double)Width / Heads);
        scores = scores.masked_fill(present.logical_not().view(n, 1, 1, length), double.NegativeInfinity);
        var mixed = scores.softmax(3).matmul(value).permute(0, 2, 1, 3).reshape(n, length, Width);
        return nn.functional.linear(mixed, parameters.Dequeue(), parameters.Dequeue());
    }

    /// <summary>LayerNorm over the last dimension.</summary>
    private static Tensor Norm(Tensor h, Tensor weight, Tensor bias)
    {
        var centred = h - h.mean([-1], keepdim: true);
        return (centred * (centred.square().mean([-1], keepdim: true) + NormEpsilon).rsqrt() * weight) + bias;
    }
}
