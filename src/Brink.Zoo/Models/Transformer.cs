using Brink.Taylor;

namespace Brink.Zoo.Models;

/// <summary>A classifier of token sequences: embeddings and learned positions, layers of attention and a
/// feed-forward network with the norm after each sum, the mean over the tokens, a linear layer that starts at
/// zero (Vaswani et al. 2017; sizes as in the code of Damian et al. 2023).</summary>
/// <remarks>Norms and attention are composed: libtorch's fused layer_norm is wrong in the third derivative, and its fused
/// attention has no second derivative on the CPU.</remarks>
/// <param name="Vocabulary">Number of tokens. Token 0 is padding, which is neither attended to nor averaged; columns at the
/// end of a batch that contain only padding are not computed.</param>
/// <param name="Classes">Number of outputs.</param>
/// <param name="Activation">Activation inside the feed-forward network.</param>
/// <param name="Positions">Length of the longest sequence.</param>
/// <param name="Width">Width of the embedding: a multiple of the heads.</param>
/// <param name="Heads">Number of attention heads.</param>
/// <param name="Layers">Number of layers, each with attention and a feed-forward network.</param>
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
    private const double NormEpsilon = 1e-6;   // flax's default, which the authors' code uses

    // Added to the scores of padding: its exponential is zero in either precision, and all its derivatives are finite, unlike
    // those of minus infinity.
    private const double MaskedScore = -1e4;

    /// <inheritdoc/>
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

    /// <summary>Computes outputs [n,classes] of tokens [n,length], int64.</summary>
    public override Value Outputs(Queue<Value> parameters, Tensor inputs)
    {
        if (Width % Heads != 0)
            throw new ArgumentException($"the width is {Width}; it must be a multiple of {Heads}, the number of heads", nameof(inputs));
        if (inputs.shape[1] > Positions)
        {
            throw new ArgumentException(
                $"the sequences have {inputs.shape[1]} tokens; the model takes at most {Positions}", nameof(inputs));
        }
        var (least, largest) = (inputs.min().ToInt64(), inputs.max().ToInt64());
        if (least < 0 || largest >= Vocabulary)
        {
            throw new ArgumentException(
                $"the tokens range from {least} to {largest}; the vocabulary has 0 to {Vocabulary - 1}",
                nameof(inputs));
        }
        var tokens = Trimmed(inputs);
        var (n, length) = (tokens.shape[0], tokens.shape[1]);
        var present = tokens.ne(0).to(ScalarType.Float64);                             // [n,length]
        var mask = Value.Constant(MaskedScore * (1 - present).repeat_interleave(Heads, 0));
        var share = Value.Constant(present * length / present.sum(1, keepdim: true));

        var h = parameters.Dequeue().Embed(tokens).Reshape(n, length * Width);
        h = h.AddColumns(parameters.Dequeue().FirstRows(length).Reshape(length * Width)).Reshape(n, length, Width);
        for (var layer = 0; layer < Layers; layer++)
        {
            var mixed = Dense(Dense(h).Attention(Heads, mask));
            h = Norm(h + mixed);
            h = Norm(h + Dense(Activation.Of(Dense(h))));
        }
        return Dense(h.ScaleRows(share).ColumnMean());

        Value Dense(Value x) => x.Dense(parameters.Dequeue(), parameters.Dequeue());

        Value Norm(Value x) => x.LayerNorm(parameters.Dequeue(), parameters.Dequeue(), NormEpsilon);
    }

    /// <summary>Removes the columns at the end that are padding in every row.</summary>
    private static Tensor Trimmed(Tensor tokens)
    {
        var filled = tokens.ne(0).any(0).nonzero();
        return filled.shape[0] == 0 ? tokens : tokens.narrow(1, 0, filled[-1, 0].ToInt64() + 1);
    }
}
