/**
 * Error codes that say a model failed by itself: the provider refused the request, made nothing of
 * it, or never came to an end. What was moderated (400) or refused for its words (422) is no fault of
 * the model's, and neither is what happens to all of them at once (no credits, no answer). Written so
 * that Postgres and JavaScript read it alike.
 */
export const MODEL_FAILURES = '^kie\\.(refused|expired|failed(:(?!400$|422$)[0-9]+)?)$'
