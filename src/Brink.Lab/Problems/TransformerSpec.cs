using Brink.Zoo.Models;

namespace Brink.Lab;

/// <param name="Positions">Longest sequence, [CLS] and [SEP] included.</param>
/// <param name="Width">Width of the embedding: a multiple of the number of heads.</param>
/// <param name="Heads">Number of attention heads.</param>
/// <param name="Layers">Number of layers of attention and feed-forward network.</param>
/// <param name="FeedForward">Width of the feed-forward network.</param>
/// <param name="Activation">Activation of the feed-forward network.</param>
/// <param name="Parameters">Safetensors file of the initial parameters.</param>
public sealed record TransformerSpec(
    int Positions,
    int Width,
    int Heads,
    int Layers,
    int FeedForward,
    Activation Activation,
    [FilePath] string? Parameters = null)
    : ModelSpec(Activation, Parameters)
{
    internal override Model Build(InputShape inputs, int outputs) => inputs switch
    {
        SequenceShape sequences when sequences.Length > Positions => throw new ExperimentException(
            $"model.positions: {Positions}; "
                + (sequences.LongestLine is { } line
                    ? $"the sentence in line {line} has {sequences.Length} tokens, including [CLS] and [SEP]:"
                    : $"the sequences have {sequences.Length} tokens:")
                + $" use --set model.positions={sequences.Length}"),
        SequenceShape sequences => new Transformer(
            sequences.Vocabulary, outputs, Activation, Positions, Width, Heads, Layers, FeedForward),
        _ => throw new ExperimentException(
            $"model.kind: transformer reads sequences of tokens, and the data are {(inputs is ImageShape ? "images" : "numbers")};"
                + " use data.set=sst2 or another model.kind"),
    };

    internal override void Check()
    {
        AtLeast1("model.positions", Positions);
        AtLeast1("model.width", Width);
        AtLeast1("model.heads", Heads);
        AtLeast1("model.layers", Layers);
        AtLeast1("model.feed_forward", FeedForward);
        if (Width % Heads != 0)
        {
            throw new ExperimentException(
                $"model.width: {Width}; it must be a multiple of model.heads, {Heads}");
        }
    }
}
