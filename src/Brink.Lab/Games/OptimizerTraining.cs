using Brink.Games;

namespace Brink.Lab;

/// <summary>Everything that decides the numbers of a meta-training, whatever is played. It is saved with the
/// weights.</summary>
/// <param name="Epochs">Batches of games.</param>
/// <param name="Hidden">Hidden units of the optimizer.</param>
/// <param name="ValidateEvery">Epochs between validations.</param>
/// <param name="Seed">Of all random draws but those of the validation.</param>
public abstract record OptimizerTraining(int Epochs, int Hidden, int ValidateEvery, long Seed) : Study(Seed)
{
    /// <summary>Whether the weights that the training begins with are worth a validation.</summary>
    public abstract bool BeginsKnown { get; }

    /// <summary>What a score counts, in words.</summary>
    public abstract string Counted { get; }

    /// <summary>The method of training.</summary>
    public abstract IMetaTraining Method();

    /// <summary>The score of weights on games that are not those of the training, the less the better; the tensors that it holds
    /// belong to the caller's dispose scope.</summary>
    public abstract Func<LearnedOptimizer, double> Validation();
}
