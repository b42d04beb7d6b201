using Brink.Games;

namespace Brink.Lab;

/// <summary>Everything that decides the numbers of a meta-training, whatever is played. It is saved with the
/// weights.</summary>
public interface IOptimizerTraining
{
    /// <summary>The kind of study.</summary>
    string Kind { get; }

    int Epochs { get; }

    int Hidden { get; }

    /// <summary>Epochs between validations.</summary>
    int ValidateEvery { get; }

    long Seed { get; }

    /// <summary>Whether the weights that it begins with are worth a validation.</summary>
    bool BeginsKnown { get; }

    /// <summary>What a score counts, in words.</summary>
    string Counted { get; }

    IMetaTraining Method();

    /// <summary>The score of weights on games that are not those of the training, the less the better; what it holds
    /// belongs to the caller's dispose scope.</summary>
    Func<LearnedOptimizer, double> Validation();

    string ToJson();
}
